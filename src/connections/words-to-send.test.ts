// Proves the words that somebody sends a clinic which has not switched its interface on.

import { expect, it } from 'vitest';
import { createRegistry } from '../portals/registry.ts';
import { readConfig } from '../platform/config/read.ts';
import { wordsToSend } from './context.ts';

const registry = createRegistry(readConfig({}, []), null);
const said = (clinic_name: string, status_code: string) =>
  wordsToSend(registry, { portal: 'healow/production', clinic_name, status_code });

it('the words hold the clinic’s name as it is written', () => {
  expect(said('$& Care $1', 'connection.clinic_api_off')).toContain('$& Care $1');
});

it('there are none where the clinic could do nothing', () => {
  expect(said('Quarry Hill', 'smart.renewal_refused')).toBeNull();
});
