/** This machine itself: the one place where http is allowed, and where no proxy is asked. */

/** True for `localhost`, its subdomains, 127.0.0.0/8 and ::1, in a host name as `URL` spells it. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
