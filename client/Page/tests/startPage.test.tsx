// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeServer, problem } from './support/fakeServer';
import { dropFiles, openPage, pasteFiles } from './support/page';
import { image } from './support/session';

const picture = new File(['raw'], 'night <i>.nef');

describe('the start page', () => {
    let server: FakeServer;
    beforeEach(() => {
        server = new FakeServer();
        server.on('POST /v1/images', () => image('abc'));
        server.on('POST /v1/sessions', () => ({ session: { session: 'new one' } }));
        server.stream('new%20one', []);
    });

    const choose = async (file: File) => fireEvent.change(await screen.findByLabelText<HTMLInputElement>('Picture file'), { target: { files: [file] } });
    const arrives = () => waitFor(() => expect(location.hash).toBe('#/sessions/new%20one'));

    it('uploads a picture, opens a session with it and goes there', async () => {
        openPage('#/');
        await choose(picture);
        await arrives();
        expect(server.find('POST', '/v1/images')?.body).toBe(picture);
        expect(server.find('POST', '/v1/images')?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
        expect(server.find('POST', '/v1/sessions')?.json).toEqual({ imageHash: 'abc' });
    });

    it('takes a picture that is dropped', async () => {
        openPage('#/');
        await screen.findByText('Choose a picture');
        await dropFiles([picture], () => screen.findByText('Drop the picture to open it'));
        await arrives();
    });

    it('takes a picture that is pasted', async () => {
        openPage('#/');
        await screen.findByText('Choose a picture');
        pasteFiles([picture]);
        await arrives();
    });

    it('shows how much of the upload has gone', async () => {
        const [gate, go] = newGate();
        server.uploadGate = gate;
        openPage('#/');
        await choose(picture);
        expect(await screen.findByText('Uploading · 50 %')).toBeTruthy();
        expect(screen.getByText('night <i>.nef')).toBeTruthy();
        expect(screen.getByRole<HTMLProgressElement>('progressbar', { name: 'Upload' }).value).toBe(0.5);
        go();
        await arrives();
    });

    it('calls an upload off', async () => {
        const [gate, go] = newGate();
        server.uploadGate = gate;
        openPage('#/');
        await choose(picture);
        const cancel = await screen.findByRole('button', { name: 'Cancel' });
        expect(document.activeElement).toBe(cancel);
        await userEvent.keyboard('{Escape}');
        await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
        go();
        expect(screen.queryByRole('alert')).toBeNull();
        expect(server.find('POST', '/v1/images')).toBeUndefined();
        expect(location.hash).toBe('#/');
    });

    it('says why a picture was not taken, and tries again', async () => {
        server.on('POST /v1/images', () => problem(422, 'invalid-image', 'It is not a picture.'));
        openPage('#/');
        await choose(picture);
        expect(await screen.findByText('night <i>.nef: It is not a picture.')).toBeTruthy();
        server.on('POST /v1/images', () => image('abc'));
        await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
        await arrives();
    });
});

function newGate(): [Promise<void>, () => void] {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
        open = resolve;
    });
    return [gate, open];
}
