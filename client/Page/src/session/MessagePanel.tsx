import type { Image, Settings, Version } from '../api/types';
import { Composer } from '../chat/Composer';
import { MaskChip } from '../mask/MaskChip';
import type { Mask } from '../mask/MaskEditor';
import { OtherCheckpoint } from '../settings/OtherCheckpoint';
import { SettingsPanel } from '../settings/SettingsPanel';
import { StrengthSlider } from '../settings/StrengthSlider';
import { useStored } from './useStored';
import type { Turns } from './useTurns';

export interface MessagePanelProps {
    turns: Turns;
    mask: Mask | undefined;
    onMask: (mask: Mask | undefined) => void;
    isRunning: boolean;
    /** The picture as it was opened. */
    source: Image | undefined;
    current: Version | undefined;
    onSent: () => void;
}

/** The next message and what it is sent with. */
export function MessagePanel({ turns, mask, onMask, isRunning, source, current, onSent }: MessagePanelProps) {
    const [settings, setSettings] = useStored<Settings>('darkroom.settings', { strength: 1 });
    const isRaw = source !== undefined && !/^image\/(png|jpeg|webp|tiff|gif|bmp)$/.test(source.mediaType);
    const changed = Object.keys(settings).filter((name) => name !== 'strength').length;

    const send = (text: string) => {
        const region = mask === undefined ? undefined : { maskHash: mask.hash, feather: mask.feather };
        void turns.send(text, region === undefined ? settings : { ...settings, region });
        onSent();
    };

    return (
        <Composer text={turns.draft} onText={turns.setDraft} onSend={send} isBusy={turns.isSending} isRunning={isRunning}>
            {mask && <MaskChip mask={mask} onRemove={() => onMask(undefined)} />}
            <div className="settings-line">
                <StrengthSlider value={settings.strength ?? 1} onChange={(strength) => setSettings({ ...settings, strength })} />
                <details className="settings-more">
                    <summary>Settings{changed > 0 ? ` (${changed})` : ''}</summary>
                    <SettingsPanel settings={settings} onChange={setSettings} isRaw={isRaw} />
                    {current?.image && <OtherCheckpoint image={current.image} />}
                </details>
            </div>
        </Composer>
    );
}
