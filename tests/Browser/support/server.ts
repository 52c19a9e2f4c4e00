import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The program that `./cluster up` starts; DARKROOM_GATEWAY names another one. */
export const program = process.env['DARKROOM_GATEWAY'] ?? join(root, 'client/Gateway/bin/Release/net10.0/darkroom-gateway.dll');
export const pageFolder = join(root, 'client/Page/dist');

/** Runs last long enough to be looked at, on large machines too. */
export const oneThread = '--Device:Threads=1';

/** A server of its own, with a cluster in it and a folder that goes with it. */
export class Server {
    private constructor(readonly address: string, readonly data: string, private readonly process: ChildProcess) {}

    static async start(...more: string[]): Promise<Server> {
        return Server.startIn(await mkdtemp(join(tmpdir(), 'darkroom-browser-')), ...more);
    }

    static async startIn(data: string, ...more: string[]): Promise<Server> {
        const child = spawn('dotnet', [program, '--port', '0', '--data', data, `--Gateway:PageFolder=${pageFolder}`, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
        const said: string[] = [];
        const address = await new Promise<string>((found, fail) => {
            const read = (chunk: Buffer) => {
                said.push(chunk.toString());
                const match = /listens on (http:\/\/[^\s]+)/.exec(said.join(''));
                if (match) found(match[1]!);
            };
            child.stdout.on('data', read);
            child.stderr.on('data', read);
            child.on('error', fail);
            child.on('exit', (code) => fail(new Error(`The server ended with exit code ${code}:\n${said.join('')}`)));
        });
        return new Server(address, data, child);
    }

    /** Stops it as Ctrl-C does. */
    async stop(): Promise<void> {
        const ended = new Promise((resolveEnd) => this.process.once('exit', resolveEnd));
        if (this.process.exitCode === null) {
            this.process.kill('SIGINT');
            await ended;
        }
        await rm(this.data, { recursive: true, force: true });
    }
}

/** Makes an API key, as an operator does on the server's machine. */
export async function makeKey(data: string, tenant: string): Promise<string> {
    const { stdout } = await promisify(execFile)('dotnet', [program, 'key', 'new', tenant, '--data', data]);
    return stdout.trim();
}

/** Why these tests cannot run here; undefined where they can. */
export function obstacle(): string | undefined {
    if (!existsSync(program)) return 'the Gateway is not built: ./cluster build';
    if (!existsSync(join(pageFolder, 'index.html'))) return 'the page is not built: ./cluster build';
    return undefined;
}
