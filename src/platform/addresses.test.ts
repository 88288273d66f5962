// Proves which addresses are public, and whose request it is behind proxies.

import { describe, expect, it } from 'vitest';
import { clientAddress, isNetwork, isPlainHttp, isPublicAddress } from './addresses.ts';

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'of the internet is public: %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:7f00:0001',
    '0:0:0:0:0:ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'localhost',
    '',
    '0x7f.1',
    '2130706433',
  ])('of a private network, or none at all, is not public: %s', (address) =>
    expect(isPublicAddress(address)).toBe(false),
  );
});

describe('behind proxies', () => {
  const proxies = ['10.0.0.0/8', '::1'];

  it('the socket counts where no proxy is trusted, whatever a header says', () => {
    expect(clientAddress('192.0.2.1', '203.0.113.7', [])).toBe('192.0.2.1');
    expect(clientAddress('192.0.2.1', '203.0.113.7', proxies)).toBe('192.0.2.1');
  });

  it('the last address that no trusted proxy wrote counts', () => {
    expect(clientAddress('10.0.0.1', '203.0.113.7', proxies)).toBe('203.0.113.7');
    expect(clientAddress('10.0.0.1', '6.6.6.6, 203.0.113.7, 10.0.0.2', proxies)).toBe(
      '203.0.113.7',
    );
    expect(clientAddress('::ffff:10.0.0.1', '203.0.113.7', proxies)).toBe('203.0.113.7');
  });

  it.each([
    ['203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8:1:2::7]:443', '2001:db8:1:2::/64'],
    ['"[2001:db8:1:2::7]"', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::7]', '2001:db8:1:2::/64'],
  ])('an address is read as some proxies write it, with brackets or a port: %s', (given, read) => {
    expect(clientAddress('10.0.0.1', given, proxies)).toBe(read);
  });

  it('what is no address is not believed', () => {
    expect(clientAddress('10.0.0.1', 'evil', proxies)).toBe('10.0.0.1');
    expect(clientAddress('10.0.0.1', undefined, proxies)).toBe('10.0.0.1');
    expect(clientAddress('10.0.0.1', '203.0.113.7,,', proxies)).toBe('10.0.0.1');
  });

  it('version 6 counts as its /64', () => {
    expect(clientAddress('2001:db8:1:2:3:4:5:6', undefined, [])).toBe('2001:db8:1:2::/64');
    expect(clientAddress('2001:db8::1', undefined, [])).toBe('2001:db8::/64');
    expect(clientAddress('::1', undefined, [])).toBe('::/64');
  });
});

describe('a network in the configuration', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'])('is one: %s', (text) =>
    expect(isNetwork(text)).toBe(true),
  );
  it.each(['proxy', '10.0.0.0/33', '10.0.0.0/8/8', '', '::1/129', '10.0.0.0/'])(
    'is none: %j',
    (text) => expect(isNetwork(text)).toBe(false),
  );
});

describe('a web address', () => {
  it.each([
    'http://192.168.1.5:4200',
    'http://health.lan',
    'http://[fd00::2]',
    'http://xlocalhost',
  ])('is plain http over a network: %s', (address) => expect(isPlainHttp(address)).toBe(true));
  it.each([
    'https://192.168.1.5',
    'http://localhost:4200',
    'http://127.0.0.1',
    'http://[::1]:4200',
    'http://a.localhost',
  ])('is not: %s', (address) => expect(isPlainHttp(address)).toBe(false));
});
