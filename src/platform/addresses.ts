// Owns what network addresses mean: whose request it is behind proxies, and which addresses are not public.

import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Networks that no address on the public internet lies in (IANA special-purpose registries, RFC 6890 and after). */
const SPECIAL: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  // Addresses that carry one of version 4 in them lead wherever that leads: none is needed here.
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const special = blockList(SPECIAL);

/** Whether an IP address can be one of the public internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const plain = plainAddress(address);
  return !special.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
}

/**
 * The address that a request comes from: the socket's, or where that is a trusted proxy's, the last one in
 * `X-Forwarded-For` that no trusted proxy wrote. Addresses of version 6 count as their /64, which is one household.
 */
export function clientAddress(
  socket: string,
  forwardedFor: string | undefined,
  trusted: readonly string[],
): string {
  const list = trusted.length > 0 ? blockList(trusted) : null;
  const chain = (forwardedFor ?? '').split(',').map(bareAddress);
  let address = plainAddress(socket);
  while (list && isIP(address) && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')) {
    const before = chain.pop();
    if (!before || isIP(before) === 0) break;
    address = plainAddress(before);
  }
  return isIPv6(address) ? `${networkOf(address)}/64` : address;
}

/** Whether what goes over a web address crosses a network in clear: http, and not to this machine itself. */
export function isPlainHttp(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  const isLoopback = /^(127\.[\d.]+|\[::1\]|([\w-]+\.)*localhost)$/.test(hostname);
  return protocol === 'http:' && !isLoopback;
}

/** Whether a text is an address or a network, `192.0.2.1` or `192.0.2.0/24`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const version = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (version === 'ipv4' ? 32 : 128)), version);
  }
  return list;
}

/** An address as proxies write it: as it is, in brackets, in quotes, with a port. */
function bareAddress(text: string): string {
  const plain = text.trim().replace(/^"(.*)"$/, '$1');
  const [, six, four] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(plain) ?? [];
  return six ?? four ?? plain;
}

/** An address in its one shortest form, without a zone; one of version 4 that is written as version 6 as itself. */
function plainAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const [bare = ''] = address.split('%');
  const short = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short);
  if (!mapped) return short;
  const [high, low] = [mapped[1], mapped[2]].map((word) => Number.parseInt(word ?? '', 16));
  return [high ?? 0, low ?? 0].flatMap((word) => [word >> 8, word & 255]).join('.');
}

/** The first 64 bits of an address of version 6 in its shortest form. */
function networkOf(address: string): string {
  const network = wordsOf(address).slice(0, 4).join(':');
  return new URL(`http://[${network}::]/`).hostname.slice(1, -1);
}

/** The eight words of an address of version 6, in hexadecimal as they were written. */
export function wordsOf(address: string): string[] {
  const [head = '', tail = ''] = address.split('::');
  const words = (side: string) => (side ? side.split(':') : []);
  const [front, back] = [words(head), words(tail)];
  const gap = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  return [...front, ...gap, ...back];
}
