import { expect, test } from 'vitest';
import { proxiesOf } from './proxy.ts';

test('a proxy without a scheme is an HTTP proxy, and ALL_PROXY stands in for what has none of its own', () => {
  expect(proxiesOf({ HTTPS_PROXY: '10.0.0.1:3128' })).toEqual({ httpsProxy: 'http://10.0.0.1:3128' });
  expect(proxiesOf({ all_proxy: 'http://p:1', HTTPS_PROXY: 'https://q:2' })).toEqual({
    httpProxy: 'http://p:1',
    httpsProxy: 'https://q:2',
  });
  expect(proxiesOf({ HTTPS_PROXY: ' ' })).toBeUndefined();
});

test.each([
  ['HTTPS_PROXY', 'socks5://10.0.0.1:1080', /HTTPS_PROXY names a SOCKS proxy/],
  ['https_proxy', 'http://', /https_proxy is not the address of a proxy/],
  ['HTTP_PROXY', 'ftp://host', /HTTP_PROXY is not the address of a proxy/],
])('%s=%s is refused in a sentence that names the variable', (name, value, sentence) => {
  expect(() => proxiesOf({ [name]: value })).toThrow(sentence);
});
