import { describe, expect, it } from 'vitest';
import { readCapabilities } from './capabilities.ts';

const read = (value: unknown) => readCapabilities(JSON.stringify(value));

describe('what a server says of itself', () => {
  it.each(['CapabilityStatement', 'Conformance'])('is read from a %s, by type', (resourceType) => {
    const capabilities = read({
      resourceType,
      rest: [
        { mode: 'client', resource: [{ type: 'Basic', searchParam: [{ name: 'a' }] }] },
        {
          mode: 'server',
          resource: [
            {
              type: 'Goal',
              interaction: [{ code: 'read' }, { code: 'search-type' }],
              searchParam: [{ name: 'patient' }, { name: '_lastUpdated' }],
              searchRevInclude: ['Provenance:target'],
            },
            { type: 'Binary', interaction: [{ code: 'read' }] },
          ],
        },
      ],
    });
    expect([...(capabilities?.keys() ?? [])]).toEqual(['Goal', 'Binary']);
    expect(capabilities?.get('Goal')).toEqual({
      searches: true,
      parameters: new Set(['patient', '_lastUpdated']),
      revIncludes: new Set(['Provenance:target']),
    });
    expect(capabilities?.get('Binary')?.searches).toBe(false);
  });

  it('is read as well as can be where parts are missing or odd', () => {
    const capabilities = read({
      resourceType: 'CapabilityStatement',
      rest: [
        null,
        {
          resource: [
            7,
            { type: 'Goal', searchParam: [{ name: 'patient' }, {}, null], interaction: 'all' },
            { type: { text: 'Device' } },
          ],
        },
      ],
    });
    expect([...(capabilities ?? [])]).toEqual([
      ['Goal', { searches: true, parameters: new Set(['patient']), revIncludes: new Set() }],
    ]);
    expect(read({ resourceType: 'CapabilityStatement' })?.size).toBe(0);
  });

  it.each(['<html>', '', 'null', '[]', '{"resourceType":"Bundle"}', '{"rest":[]}'])(
    'is not there in %s',
    (text) => {
      expect(readCapabilities(text)).toBeUndefined();
    },
  );
});
