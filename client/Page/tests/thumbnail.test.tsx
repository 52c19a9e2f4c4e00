// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Thumbnail } from '../src/app/Thumbnail';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
    cleanup();
    vi.useRealTimers();
});

const shown = () => document.querySelector('img')!;

it('asks again for a picture that failed, and gives up in the end', () => {
    render(<Thumbnail src="/v1/images/a?width=128" />);
    const asked = new Set([shown()]);
    for (let i = 0; i < 10; i++) {
        fireEvent.error(shown());
        act(() => vi.advanceTimersByTime(60_000));
        asked.add(shown());
    }
    expect(asked.size).toBe(5);
    expect(shown().getAttribute('src')).toBe('/v1/images/a?width=128');
});

it('leaves a picture that is there alone', () => {
    render(<Thumbnail src="/v1/images/a?width=128" />);
    const first = shown();
    fireEvent.load(first);
    act(() => vi.advanceTimersByTime(60_000));
    expect(shown()).toBe(first);
});
