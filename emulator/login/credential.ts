/** Who may log in: the one user and the one app of the practice org. Printed at start; no secrets of anybody. */
import type { PracticeOrg } from '../model.ts';

/** The connected app. */
export const practiceApp = {
  clientId: 'practice-client',
  clientSecret: 'practice-secret',
  refreshToken: 'practice-refresh-token',
} as const;

/** The user that password logins name. */
export const practiceUser = {
  username: 'admin@practice.example',
  password: 'practice-password',
  securityToken: 'practicetoken',
} as const;

/** The Id of the user that every session belongs to: the first of the org's users. */
export function practiceUserId(org: PracticeOrg): string {
  const first = org.sobjects.has('User') ? org.table('User').reader(['Id'])(0)?.['Id'] : undefined;
  return typeof first === 'string' ? first : '005000000000001AAA';
}

/** Password and security token in one, as password logins from an unknown address want them. */
export function isPracticeLogin(username: string, password: string): boolean {
  return username === practiceUser.username && password === practiceUser.password + practiceUser.securityToken;
}
