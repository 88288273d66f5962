// Owns the one click that takes the sample record away.

import { z } from 'zod';
import { removeSample } from '../../sync/sample.ts';
import { type Api, route } from '../api.ts';

const removed = z.object({ connections: z.number(), people: z.number() });

export function sampleRoutes(api: Api): void {
  route(
    api,
    {
      method: 'delete',
      path: '/api/sample',
      summary: 'Remove everything that the simulator filled',
      access: { act: 'sample.remove', audit: 'act' },
      reply: removed,
    },
    () => removeSample(api.app),
  );
}
