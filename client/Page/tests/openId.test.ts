// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beginLogin, finishLogin } from '../src/app/openId';

const issuer = 'https://login.example/realm';
const login = { issuer, clientId: 'page', scope: 'openid profile' };
const discovery = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };

interface Call {
    address: string;
    init: RequestInit;
}

describe('the login by OpenID Connect', () => {
    const calls: Call[] = [];
    let left: URL | undefined;
    let answers: Record<string, () => Response>;

    beforeEach(() => {
        calls.length = 0;
        left = undefined;
        answers = {
            [`${issuer}/.well-known/openid-configuration`]: () => Response.json(discovery),
            [`${issuer}/token`]: () => Response.json({ access_token: 'the.access.token', token_type: 'Bearer' }),
            '/v1/login/token': () => new Response(null, { status: 204 }),
        };
        vi.stubGlobal('fetch', (address: string, init: RequestInit) => {
            calls.push({ address, init });
            const answer = answers[address];
            return answer === undefined ? Promise.reject(new TypeError('refused')) : Promise.resolve(answer());
        });
        vi.spyOn(location, 'assign').mockImplementation((address) => {
            left = new URL(address);
        });
    });
    afterEach(() => {
        history.replaceState(null, '', '/');
        sessionStorage.clear();
        localStorage.clear();
    });

    /** What the issuer does: sends the browser back to the page. */
    const comeBack = (parameters: Record<string, string>) => history.replaceState(null, '', `/?${new URLSearchParams(parameters)}`);

    it('leaves with a challenge and comes back for a cookie; the token is kept nowhere', async () => {
        history.replaceState(null, '', '/#/sessions/one');
        await beginLogin(login);
        const asked = Object.fromEntries(left!.searchParams);
        expect(left!.origin + left!.pathname).toBe(`${issuer}/authorize`);
        expect(asked).toMatchObject({ response_type: 'code', client_id: 'page', scope: 'openid profile', redirect_uri: `${location.origin}/`, code_challenge_method: 'S256' });

        comeBack({ code: 'once', state: asked['state']!, iss: issuer });
        await finishLogin();
        expect(location.search).toBe('');
        expect(location.hash).toBe('#/sessions/one');
        const exchange = new URLSearchParams(calls.find(({ address }) => address === `${issuer}/token`)!.init.body as URLSearchParams);
        expect(Object.fromEntries(exchange)).toMatchObject({ grant_type: 'authorization_code', code: 'once', client_id: 'page', redirect_uri: `${location.origin}/` });
        expect(await challengeOf(exchange.get('code_verifier')!)).toBe(asked['code_challenge']);
        expect(new Headers(calls.at(-1)!.init.headers).get('Authorization')).toBe('Bearer the.access.token');
        expect(JSON.stringify([{ ...sessionStorage }, { ...localStorage }, location.href])).not.toContain('token');
        expect(sessionStorage.length).toBe(0);
    });

    it('does nothing on other addresses', async () => {
        await finishLogin();
        comeBack({ code: 'only' });
        await finishLogin();
        expect(calls).toEqual([]);
    });

    it.each([
        ['a state that was never given', { code: 'once', state: 'made up' }, 'That sign-in was not begun in this tab. Sign in again.'],
        ['an answer of another issuer', { code: 'once', iss: 'https://evil.example' }, 'The answer came from another issuer. Sign in again.'],
        ['a refusal', { error: 'access_denied', error_description: 'Ask <b>Ada</b>' }, 'The issuer did not sign you in: Ask <b>Ada</b>.'],
    ])('refuses %s', async (_what, parameters, message) => {
        await beginLogin(login);
        comeBack({ state: left!.searchParams.get('state')!, ...parameters } as Record<string, string>);
        calls.length = 0;
        await expect(finishLogin()).rejects.toThrow(message);
        expect(calls).toEqual([]);
        expect(location.search).toBe('');
    });

    it('takes a code once', async () => {
        await beginLogin(login);
        const answer = { code: 'once', state: left!.searchParams.get('state')! };
        comeBack(answer);
        await finishLogin();
        comeBack(answer);
        await expect(finishLogin()).rejects.toThrow('not begun in this tab');
    });

    it.each([
        ['calls itself otherwise', { issuer: 'https://other.example' }, 'calls itself https://other.example'],
        ['has no endpoints', { token_endpoint: undefined }, 'does not describe itself'],
        ['gives tokens elsewhere', { token_endpoint: 'https://elsewhere.example/token' }, 'at https://elsewhere.example, which this page may not ask'],
    ])('does not leave for an issuer that %s', async (_what, wrong, message) => {
        answers[`${issuer}/.well-known/openid-configuration`] = () => Response.json({ ...discovery, ...wrong });
        await expect(beginLogin(login)).rejects.toThrow(message);
        expect(left).toBeUndefined();
    });

    it.each([
        ['the issuer cannot be reached', `${issuer}/token`, undefined, 'https://login.example cannot be reached'],
        ['the issuer refuses the code', `${issuer}/token`, () => Response.json({ error: 'invalid_grant' }, { status: 400 }), 'did not sign you in: invalid_grant'],
        ['the server does not know the person', '/v1/login/token', () => Response.json({ type: 'urn:darkroom:problem:forbidden', detail: 'No tenant.' }, { status: 403 }), 'may not come in here: No tenant.'],
    ])('says when %s', async (_what, address, answer, message) => {
        await beginLogin(login);
        if (answer === undefined) delete answers[address];
        else answers[address] = answer;
        comeBack({ code: 'once', state: left!.searchParams.get('state')! });
        await expect(finishLogin()).rejects.toThrow(message);
    });
});

async function challengeOf(verifier: string): Promise<string> {
    const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
