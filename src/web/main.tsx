// Owns the start of the web app: theme, sign-in secret, router, cache and live stream, in this order.

import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { applyAppearance } from './app/appearance.ts';
import { createCache } from './app/cache.ts';
import { createAppRouter } from './app/router.tsx';
import { takeSecretFromAddress } from './app/sign-in-secret.ts';

applyAppearance();
// Before the router reads the address, so that the secret is in no history entry it keeps.
takeSecretFromAddress();

const cache = createCache();
const router = createAppRouter(cache);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <QueryClientProvider client={cache}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
