// Owns the addresses: opaque ids in the path, filters only after `#`. Pages are loaded by route.

import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { NotFound, PageFault, PageWait } from '../parts/page-states.tsx';
import { Frame } from './frame.tsx';

const root = createRootRouteWithContext<{ cache: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
});

const chooseSignIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/choose',
  component: lazyRouteComponent(() => import('../pages/sign-in/choose-page.tsx'), 'ChoosePage'),
});

/** Everything that needs a session. */
const framed = createRoute({ getParentRoute: () => root, id: 'framed', component: Frame });

const landing = createRoute({
  getParentRoute: () => framed,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/start/start-page.tsx'), 'StartPage'),
});

const connections = createRoute({
  getParentRoute: () => framed,
  path: '/connections',
  component: lazyRouteComponent(
    () => import('../pages/look-after-connections/connections-page.tsx'),
    'ConnectionsPage',
  ),
});

const addPortal = createRoute({
  getParentRoute: () => framed,
  path: '/connections/add',
  component: lazyRouteComponent(
    () => import('../pages/connect-a-portal/add-portal-page.tsx'),
    'AddPortalPage',
  ),
});

const addServer = createRoute({
  getParentRoute: () => framed,
  path: '/connections/add/server',
  component: lazyRouteComponent(
    () => import('../pages/connect-a-portal/add-server-page.tsx'),
    'AddServerPage',
  ),
});

const connection = createRoute({
  getParentRoute: () => framed,
  path: '/connections/$connectionId',
  component: lazyRouteComponent(
    () => import('../pages/look-after-connections/connection-page.tsx'),
    'ConnectionPage',
  ),
});

const confirm = createRoute({
  getParentRoute: () => framed,
  path: '/connections/$connectionId/confirm',
  component: lazyRouteComponent(
    () => import('../pages/confirm-the-patient/confirm-page.tsx'),
    'ConfirmPage',
  ),
});

const receipt = createRoute({
  getParentRoute: () => framed,
  path: '/receipts/$receiptId',
  component: lazyRouteComponent(
    () => import('../pages/read-a-receipt/receipt-page.tsx'),
    'ReceiptPage',
  ),
});

const timeline = createRoute({
  getParentRoute: () => framed,
  path: '/people/$personId/timeline',
  component: lazyRouteComponent(
    () => import('../pages/read-the-timeline/timeline-page.tsx'),
    'TimelinePage',
  ),
});

/** The same page with one record open beside the line. */
const timelineRecord = createRoute({
  getParentRoute: () => timeline,
  path: '/$recordId',
});

const changes = createRoute({
  getParentRoute: () => framed,
  path: '/people/$personId/changes',
  component: lazyRouteComponent(
    () => import('../pages/read-what-changed/changes-page.tsx'),
    'ChangesPage',
  ),
});

/** The same page with one record open beside the list. */
const changesRecord = createRoute({
  getParentRoute: () => changes,
  path: '/$recordId',
});

const results = createRoute({
  getParentRoute: () => framed,
  path: '/people/$personId/results',
  component: lazyRouteComponent(
    () => import('../pages/read-results/results-page.tsx'),
    'ResultsPage',
  ),
});

const settings = createRoute({
  getParentRoute: () => framed,
  path: '/settings',
  component: lazyRouteComponent(
    () => import('../pages/settings/settings-page.tsx'),
    'SettingsPage',
  ),
});

const account = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(
    () => import('../pages/look-after-your-account/account-page.tsx'),
    'AccountPage',
  ),
});

const people = createRoute({
  getParentRoute: () => settings,
  path: '/people',
  component: lazyRouteComponent(
    () => import('../pages/share-a-record/people-page.tsx'),
    'PeoplePage',
  ),
});

const accounts = createRoute({
  getParentRoute: () => settings,
  path: '/accounts',
  component: lazyRouteComponent(
    () => import('../pages/look-after-accounts/accounts-page.tsx'),
    'AccountsPage',
  ),
});

const audit = createRoute({
  getParentRoute: () => settings,
  path: '/audit',
  component: lazyRouteComponent(
    () => import('../pages/read-the-audit/audit-page.tsx'),
    'AuditPage',
  ),
});

const tree = root.addChildren([
  signIn,
  chooseSignIn,
  framed.addChildren([
    landing,
    connections,
    addPortal,
    addServer,
    connection,
    confirm,
    receipt,
    timeline.addChildren([timelineRecord]),
    changes.addChildren([changesRecord]),
    results,
    settings.addChildren([account, people, accounts, audit]),
  ]),
]);

/** The router of one page load. */
export function createAppRouter(cache: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { cache },
    defaultPreload: 'intent',
    defaultPendingComponent: PageWait,
    defaultPendingMs: 0,
    defaultPendingMinMs: 0,
    defaultErrorComponent: PageFault,
    defaultHashScrollIntoView: false,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
