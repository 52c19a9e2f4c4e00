import { useEffect, useRef } from 'react';
import { UploadBar } from './UploadBar';
import type { Upload } from './useOpenPicture';

/** What is seen while files are held over the page, and while one is on its way. */
export function DropVeil({ isOver, upload, text = 'Drop the picture to open it' }: { isOver: boolean; upload?: Upload; text?: string }) {
    if (upload !== undefined) return <UploadVeil upload={upload} />;
    return isOver ? <div className="veil" role="status"><p>{text}</p></div> : null;
}

function UploadVeil({ upload }: { upload: Upload }) {
    const cancel = useRef<HTMLButtonElement>(null);
    useEffect(() => cancel.current?.focus(), []);
    return (
        <div
            className="veil veil-upload" role="dialog" aria-modal="true" aria-label="Upload"
            onKeyDown={(event) => {
                if (event.key === 'Escape') upload.cancel();
                // There is one thing to do here.
                if (event.key === 'Tab') event.preventDefault();
            }}
        >
            <p className="veil-name">{upload.name}</p>
            <UploadBar fraction={upload.fraction} />
            <button type="button" ref={cancel} onClick={upload.cancel}>Cancel</button>
        </div>
    );
}
