// Owns the one click that takes the sample record away.

import { z } from 'zod';
import { removeSample } from '../../sync/sample.ts';
import { type Api, route } from '../api.ts';
import type { App } from '../app.ts';

const removed = z.object({ connections: z.number(), people: z.number() });

export function sampleRoutes(api: Api, app: App): void {
  route(
    api,
    {
      method: 'delete',
      path: '/api/sample',
      summary: 'Remove everything that the simulator filled',
      reply: removed,
    },
    () => removeSample(app),
  );
}
