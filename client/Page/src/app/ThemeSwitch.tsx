import { useEffect, useState } from 'react';

type Theme = 'system' | 'light' | 'dark';
const order: Theme[] = ['system', 'light', 'dark'];
const names: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };
const signs: Record<Theme, string> = { system: '◐', light: '○', dark: '●' };
const key = 'darkroom.theme';

/** Light, dark, or as the system is. */
export function ThemeSwitch() {
    const [theme, setTheme] = useState<Theme>(read);
    useEffect(() => {
        if (theme === 'system') document.documentElement.removeAttribute('data-theme');
        else document.documentElement.setAttribute('data-theme', theme);
        try {
            localStorage.setItem(key, theme);
        } catch {
            // Storage is off: the choice lives as long as the page.
        }
    }, [theme]);
    const next = order[(order.indexOf(theme) + 1) % order.length]!;
    return (
        <button type="button" className="quiet theme" onClick={() => setTheme(next)} title={`Colours: ${names[theme]}`} aria-label={`Colours: ${names[theme]}. Change to: ${names[next]}`}>
            <span aria-hidden="true">{signs[theme]}</span>
        </button>
    );
}

function read(): Theme {
    try {
        const stored = localStorage.getItem(key);
        return order.find((theme) => theme === stored) ?? 'system';
    } catch {
        return 'system';
    }
}
