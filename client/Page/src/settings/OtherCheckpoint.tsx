import { useState } from 'react';
import { openSession } from '../api/darkroom';
import { messageOf } from '../api/problem';
import type { Image } from '../api/types';
import { ErrorNote } from '../app/ErrorNote';
import { navigate, sessionAddress } from '../app/useRoute';
import { CheckpointChoice } from './CheckpointChoice';

/** A session keeps its checkpoint, so that its versions can be made again: another one goes on in a session of its own. */
export function OtherCheckpoint({ image }: { image: Image }) {
    const [model, setModel] = useState('');
    const [error, setError] = useState<string>();
    const go = () => {
        openSession(image.hash, model || undefined).then((opened) => navigate(sessionAddress(opened.session.session)), (problem: unknown) => setError(messageOf(problem)));
    };
    return (
        <div className="other-checkpoint">
            <CheckpointChoice value={model} onChange={setModel} label="Another pipeline" />
            <button type="button" onClick={go}>Go on with it in a new session</button>
            <ErrorNote message={error} />
        </div>
    );
}
