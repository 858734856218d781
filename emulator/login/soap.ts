/** SOAP login, the way in of clients that know user and password only. */
import { text, type Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Service } from '../service.ts';
import { isPracticeLogin, practiceUser, practiceUserId } from './credential.ts';

/** login() went with v65 (SOAP API end-of-life policy). */
const LAST_LOGIN_VERSION = 64;
/** Two hours, the default session timeout. */
const SESSION_SECONDS = 7200;

/** `POST /services/Soap/{u|c}/{version}`: login(), and the fault that anything else gets. */
export function answerSoap(service: Service, call: Call): Answer {
  const kind = /\/Soap\/c\//.test(call.path) ? 'enterprise' : 'partner';
  const version = Number(/\/Soap\/[uc]\/(\d+)/.exec(call.path)?.[1] ?? 0);
  const body = call.body.toString();
  const username = unescapeXml(/<(?:\w+:)?username>([^<]*)</.exec(body)?.[1] ?? '');
  const password = unescapeXml(/<(?:\w+:)?password>([^<]*)</.exec(body)?.[1] ?? '');
  if (!/<(?:\w+:)?login[\s>]/.test(body) || version > LAST_LOGIN_VERSION) {
    return fault(kind, 'UNSUPPORTED_API_VERSION', 'Only login() up to version 64.0 is supported');
  }
  if (service.settings.loginRefusal || !isPracticeLogin(username, password)) {
    return fault(kind, 'INVALID_LOGIN', 'Invalid username, password, security token; or user locked out.');
  }
  return text(loginResponse(service, call, kind, version), 'text/xml;charset=UTF-8');
}

function loginResponse(service: Service, call: Call, kind: string, version: number): string {
  const session = service.sessions.open(service.org.now());
  const organization = service.org.id;
  const letter = kind === 'partner' ? 'u' : 'c';
  const result = [
    element('metadataServerUrl', `${call.origin}/services/Soap/m/${version}.0/${organization}`),
    element('passwordExpired', 'false'),
    element('sandbox', 'false'),
    element('serverUrl', `${call.origin}/services/Soap/${letter}/${version}.0/${organization}`),
    element('sessionId', session.token),
    element('userId', practiceUserId(service.org)),
    `<userInfo>${userInfo(organization, practiceUserId(service.org))}</userInfo>`,
  ];
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:${kind}.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><loginResponse><result>${result.join('')}</result></loginResponse></soapenv:Body></soapenv:Envelope>`;
}

function userInfo(organizationId: string, userId: string): string {
  return [
    element('organizationId', organizationId),
    element('organizationName', 'Practice'),
    element('sessionSecondsValid', String(SESSION_SECONDS)),
    element('userEmail', practiceUser.username),
    element('userFullName', 'Practice Admin'),
    element('userId', userId),
    element('userLanguage', 'en_US'),
    element('userName', practiceUser.username),
    element('userTimeZone', 'GMT'),
    element('userType', 'Standard'),
  ].join('');
}

/** A fault comes with 500, as recorded. */
function fault(kind: string, code: string, message: string): Answer {
  const detail = `<detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>${code}</sf:exceptionCode><sf:exceptionMessage>${message}</sf:exceptionMessage></sf:LoginFault></detail>`;
  return text(
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.${kind}.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${message}</faultstring>${detail}</soapenv:Fault></soapenv:Body></soapenv:Envelope>`,
    'text/xml;charset=UTF-8',
    500,
  );
}

function element(name: string, value: string): string {
  return `<${name}>${value}</${name}>`;
}

function unescapeXml(value: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return value.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_whole, name: string) => entities[name] ?? '');
}
