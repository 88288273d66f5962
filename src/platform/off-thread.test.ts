import { describe, expect, it } from 'vitest';
import { thread } from './off-thread.fixture.ts';

describe('a thread', () => {
  it('does tasks in the order asked, each with its own answer', async () => {
    const asked = [1, 2, 3].map((n) => thread.run('double', Uint8Array.of(n)));
    expect((await Promise.all(asked)).map(([byte]) => byte)).toEqual([2, 4, 6]);
  });

  it('is given what is moved, which is empty here afterwards', async () => {
    const bytes = Uint8Array.of(21);
    expect(await thread.run('double', bytes, [bytes.buffer])).toEqual(Uint8Array.of(42));
    expect(bytes).toHaveLength(0);
  });

  it('refuses by code and detail', async () => {
    await expect(thread.run('refuse', 'at 7')).rejects.toMatchObject({
      code: 'fhir.not_json',
      detail: 'at 7',
    });
  });

  it('that dies fails what was asked of it, and is begun again with the next task', async () => {
    const lost = thread.run('die', undefined);
    const behind = thread.run('double', Uint8Array.of(1));
    await expect(lost).rejects.toThrow('ended without a word');
    await expect(behind).rejects.toThrow('ended without a word');
    expect(await thread.run('double', Uint8Array.of(4))).toEqual(Uint8Array.of(8));
  });
});
