import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Grant {
    challenge: string;
    redirect: string;
    person: string;
}

/** Who can sign in, and for which tenant their tokens are; nobody has a tenant that is empty. */
const people: Record<string, string> = { ada: 'studio', bob: 'archive', eve: '' };

/**
 * An OpenID Connect issuer on this machine: a page with a button for each person, codes that are good for once and only
 * with their verifier (PKCE), and signed tokens.
 */
export class Issuer {
    address = '';
    /** Whose page may ask for tokens by script. */
    page = '';
    /** How the page asked for tokens. */
    readonly asked: URLSearchParams[] = [];
    private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    private readonly grants = new Map<string, Grant>();

    private constructor(private readonly server: Server) {}

    static async start(): Promise<Issuer> {
        const server = createServer((request, response) => void issuer.answer(request, response));
        const issuer = new Issuer(server);
        await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
        issuer.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        return issuer;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((closed) => this.server.close(closed));
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const url = new URL(request.url!, this.address);
        response.setHeader('Access-Control-Allow-Origin', this.page);
        switch (url.pathname) {
            case '/.well-known/openid-configuration': return json(response, 200, {
                issuer: this.address, authorization_endpoint: `${this.address}/authorize`, token_endpoint: `${this.address}/token`, jwks_uri: `${this.address}/keys`,
            });
            case '/keys': return json(response, 200, { keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' }] });
            case '/authorize': return this.askWho(url.searchParams, response);
            case '/decide': return this.sendBack(url.searchParams, response);
            case '/token': return this.giveToken(new URLSearchParams(await bodyOf(request)), response);
            case '/favicon.ico': return json(response, 200, {});
            default: return json(response, 404, {});
        }
    }

    private askWho(asked: URLSearchParams, response: ServerResponse): void {
        const isGood = asked.get('response_type') === 'code' && asked.get('client_id') === 'darkroom-page' && asked.get('redirect_uri') === `${this.page}/` && asked.get('code_challenge_method') === 'S256';
        if (!isGood) return json(response, 400, { error: 'invalid_request' });
        const links = [...Object.keys(people), 'nobody'].map((person) => `<p><a href="/decide?person=${person}&amp;${asked.toString().replaceAll('&', '&amp;')}">${person}</a></p>`);
        response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html><title>Issuer</title>${links.join('')}`);
    }

    private sendBack(asked: URLSearchParams, response: ServerResponse): void {
        const back = new URL(asked.get('redirect_uri')!);
        const person = asked.get('person')!;
        if (person === 'nobody') back.searchParams.set('error', 'access_denied');
        else {
            const code = randomBytes(16).toString('hex');
            this.grants.set(code, { challenge: asked.get('code_challenge')!, redirect: asked.get('redirect_uri')!, person });
            back.searchParams.set('code', code);
        }
        back.searchParams.set('state', asked.get('state')!);
        back.searchParams.set('iss', this.address);
        response.writeHead(302, { Location: back.href }).end();
    }

    private giveToken(asked: URLSearchParams, response: ServerResponse): void {
        this.asked.push(asked);
        const grant = this.grants.get(asked.get('code') ?? '');
        this.grants.delete(asked.get('code') ?? '');
        const challenge = createHash('sha256').update(asked.get('code_verifier') ?? '').digest('base64url');
        if (grant === undefined || challenge !== grant.challenge || asked.get('redirect_uri') !== grant.redirect || asked.get('client_id') !== 'darkroom-page') return json(response, 400, { error: 'invalid_grant' });
        json(response, 200, { access_token: this.token(grant.person), token_type: 'Bearer', expires_in: 300 });
    }

    private token(person: string): string {
        const now = Math.floor(Date.now() / 1000);
        const claims = { iss: this.address, aud: 'darkroom', sub: person, tenant: people[person], nbf: now - 5, exp: now + 300 };
        const text = `${encode({ alg: 'ES256', kid: 'one', typ: 'JWT' })}.${encode(claims)}`;
        return `${text}.${sign('sha256', Buffer.from(text), { key: this.keys.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    }
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function json(response: ServerResponse, status: number, value: unknown): void {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
}
