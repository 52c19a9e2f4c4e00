import { readProblem } from '../api/problem';
import type { OpenIdLogin } from '../api/types';

/** What is remembered while the issuer asks for the password: no secret of its own without the code that comes back. */
interface Begun {
    state: string;
    verifier: string;
    issuer: string;
    tokenEndpoint: string;
    clientId: string;
    /** Where the page was. */
    hash: string;
}

const key = 'darkroom.login';

/**
 * Leaves for the issuer, which asks who this is and sends the browser back with a code (authorization code with PKCE,
 * RFC 7636).
 */
export async function beginLogin({ issuer, clientId, scope }: OpenIdLogin): Promise<void> {
    if (globalThis.crypto?.subtle === undefined) throw new Error('Signing in there needs HTTPS: open this page by its https:// address.');
    const found = await discover(issuer);
    const begun: Begun = { state: random(), verifier: random(), issuer: found.issuer, tokenEndpoint: found.tokenEndpoint, clientId, hash: location.hash };
    const address = new URL(found.authorizationEndpoint);
    const parameters = {
        response_type: 'code', client_id: clientId, scope, redirect_uri: redirectAddress(), state: begun.state,
        code_challenge: await challengeOf(begun.verifier), code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    sessionStorage.setItem(key, JSON.stringify(begun));
    location.assign(address);
}

let finishing: Promise<void> | undefined;

/** Changes the code with which the issuer sent the browser back for a token, and the token for a cookie. Does nothing on other addresses. */
export function finishLogin(): Promise<void> {
    return finishing ??= finish().finally(() => {
        finishing = undefined;
    });
}

async function finish(): Promise<void> {
    const answer = new URLSearchParams(location.search);
    const state = answer.get('state');
    if (state === null || !(answer.has('code') || answer.has('error'))) return;
    const begun = takeBegun();
    // The code goes out of the address before anything else is done; it is good for once.
    history.replaceState(null, '', location.pathname + (begun?.hash ?? ''));
    if (begun === undefined || begun.state !== state) throw new Error('That sign-in was not begun in this tab. Sign in again.');
    const code = answer.get('code');
    if (code === null) throw new Error(`The issuer did not sign you in: ${answer.get('error_description') ?? answer.get('error') ?? 'it gave no reason'}.`);
    if (answer.has('iss') && !isSame(answer.get('iss')!, begun.issuer)) throw new Error('The answer came from another issuer. Sign in again.');
    await changeForCookie(await changeForToken(begun, code));
}

function takeBegun(): Begun | undefined {
    const text = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return text === null ? undefined : JSON.parse(text) as Begun;
}

async function changeForToken(begun: Begun, code: string): Promise<string> {
    const body = new URLSearchParams({
        grant_type: 'authorization_code', code, redirect_uri: redirectAddress(), client_id: begun.clientId, code_verifier: begun.verifier,
    });
    const response = await reach(begun.tokenEndpoint, { method: 'POST', body, credentials: 'omit', headers: { Accept: 'application/json' } });
    const answer = await response.json().catch(() => ({})) as Record<string, unknown>;
    if (!response.ok) throw new Error(`The issuer did not sign you in: ${textOf(answer['error_description']) ?? textOf(answer['error']) ?? `it answered ${response.status}`}.`);
    const token = textOf(answer['access_token']);
    if (token === undefined) throw new Error('The issuer gave no access token.');
    return token;
}

// The token lives as long as this call: what stays is a cookie that no script can read.
async function changeForCookie(token: string): Promise<void> {
    const response = await fetch('/v1/login/token', { method: 'POST', headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' }, credentials: 'same-origin' });
    if (response.ok) return;
    const { status, message } = await readProblem(response);
    throw new Error(status === 401 || status === 403 ? `You are signed in there, but may not come in here: ${message}` : message);
}

/** Learns where the issuer has its login (OpenID Connect Discovery 1.0). */
async function discover(issuer: string) {
    const response = await reach(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { credentials: 'omit' });
    const found = response.ok ? await response.json().catch(() => ({})) as Record<string, unknown> : {};
    const [name, authorizationEndpoint, tokenEndpoint] = ['issuer', 'authorization_endpoint', 'token_endpoint'].map((one) => textOf(found[one]));
    if (name === undefined || authorizationEndpoint === undefined || tokenEndpoint === undefined) throw new Error(`${issuer} does not describe itself as an OpenID Connect issuer.`);
    if (!isSame(name, issuer)) throw new Error(`${issuer} calls itself ${name}; the server's configuration has to name it so.`);
    if (new URL(tokenEndpoint).origin !== new URL(issuer).origin) throw new Error(`The issuer gives its tokens at ${new URL(tokenEndpoint).origin}, which this page may not ask; it asks ${new URL(issuer).origin} only.`);
    return { issuer: name, authorizationEndpoint, tokenEndpoint };
}

async function reach(address: string, options: RequestInit): Promise<Response> {
    try {
        return await fetch(address, { ...options, cache: 'no-store' });
    } catch {
        throw new Error(`${new URL(address).origin} cannot be reached, or does not let this page ask (it needs CORS for ${location.origin}).`);
    }
}

const redirectAddress = () => `${location.origin}/`;
const isSame = (one: string, other: string) => one.replace(/\/$/, '') === other.replace(/\/$/, '');
const textOf = (value: unknown) => (typeof value === 'string' && value.length > 0 ? value : undefined);
const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));

async function challengeOf(verifier: string): Promise<string> {
    return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

function encode(bytes: Uint8Array): string {
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
