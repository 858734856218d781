import { expect, test } from 'vitest';
import { isLoopback } from './loopback.ts';

test.each([
  ['http://localhost:1', true],
  ['http://practice.localhost:8123', true],
  ['http://127.0.0.1', true],
  ['http://127.1.2.3:80', true],
  ['http://[::1]:8123', true],
  ['http://localhost.evil.example', false],
  ['http://evil-localhost', false],
  ['http://127.0.0.1.evil.example', false],
  ['http://10.0.0.1', false],
  ['https://acme.my.salesforce.com', false],
])('%s is this machine: %s', (origin, expected) => {
  expect(isLoopback(new URL(origin).hostname)).toBe(expected);
});
