import { useState } from 'react';
import { sendMessage } from '../api/darkroom';
import { uniqueWord } from '../api/http';
import { messageOf } from '../api/problem';
import type { Settings } from '../api/types';
import type { LocalTurn } from '../chat/turns';
import { useStored } from './useStored';

/** What is being written, with the id under which it is sent: sent twice, it is done once. */
interface Draft {
    text: string;
    turnId?: string;
}

export interface Turns {
    draft: string;
    setDraft: (text: string) => void;
    local: readonly LocalTurn[];
    isSending: boolean;
    error?: string;
    clearError: () => void;
    send: (text: string, settings: Settings) => Promise<void>;
}

/** Sends messages. The draft outlives a refresh, also one that comes before the answer. */
export function useTurns(session: string): Turns {
    const [draft, setDraft] = useStored<Draft>(`darkroom.draft.${session}`, { text: '' });
    const [local, setLocal] = useState<readonly LocalTurn[]>([]);
    const [isSending, setSending] = useState(false);
    const [error, setError] = useState<string>();

    const send = async (text: string, settings: Settings) => {
        const isDraft = text === draft.text;
        const turnId = (isDraft ? draft.turnId : undefined) ?? uniqueWord();
        if (isDraft) setDraft({ text, turnId });
        setSending(true);
        setError(undefined);
        setLocal((before) => [...before.filter((turn) => turn.turnId !== turnId), { turnId, text }]);
        try {
            const reply = await sendMessage(session, text, settings, turnId);
            if (reply.outcome === 'refused') setLocal((before) => before.map((turn) => (turn.turnId === turnId ? { ...turn, refusal: reply.answer } : turn)));
            if (isDraft) setDraft({ text: '' });
        } catch (problem) {
            setLocal((before) => before.filter((turn) => turn.turnId !== turnId));
            // It was not taken as it is; what is sent next is something else.
            if (isDraft) setDraft({ text });
            setError(messageOf(problem));
        } finally {
            setSending(false);
        }
    };

    return { draft: draft.text, setDraft: (text) => setDraft({ text }), local, isSending, error, clearError: () => setError(undefined), send };
}
