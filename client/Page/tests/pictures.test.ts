import { describe, expect, it } from 'vitest';
import { isRawName, pictureLevels, previewOf } from '../src/api/pictures';
import { parseRoute, sessionAddress } from '../src/app/useRoute';
import { image } from './support/session';

describe('pictureLevels', () => {
    it('goes from small to the picture itself', () => {
        expect(pictureLevels(image('a', 3000, 2000))).toEqual([
            { url: '/v1/images/a?width=256', width: 256, height: 171 },
            { url: '/v1/images/a?width=512', width: 512, height: 341 },
            { url: '/v1/images/a?width=1024', width: 1024, height: 683 },
            { url: '/v1/images/a?width=2048', width: 2048, height: 1365 },
            { url: '/v1/images/a?format=png&depth=8', width: 3000, height: 2000 },
        ]);
    });

    it('never asks for more than there is', () => {
        expect(pictureLevels(image('a', 256, 1))).toEqual([{ url: '/v1/images/a?format=png&depth=8', width: 256, height: 1 }]);
        expect(pictureLevels(image('a', 5000, 1)).every((level) => level.height >= 1)).toBe(true);
    });
});

describe('previewOf', () => {
    it('is one file of the run', () => {
        expect(pictureLevels(previewOf('r 1', image('a', 512, 300)))).toEqual([{ url: '/v1/runs/r%201/previews/a', width: 512, height: 300 }]);
    });
});

describe('names', () => {
    it('knows RAW files of cameras', () => {
        expect(['a.NEF', 'b.dng', 'c.jpg', 'dng', 'd.tar.cr3'].map(isRawName)).toEqual([true, true, false, true, true]);
    });

    it('takes the session from the address, whatever its name is', () => {
        for (const session of ['abc', 'a b/c', '100%', '#x']) expect(parseRoute(sessionAddress(session))).toEqual({ page: 'session', session });
        expect(parseRoute('#/sessions/%zz')).toEqual({ page: 'session', session: '%zz' });
        expect([parseRoute(''), parseRoute('#/jobs'), parseRoute('#/cluster'), parseRoute('#/elsewhere')].map((route) => route.page)).toEqual(['start', 'jobs', 'cluster', 'start']);
    });
});
