import type { Version } from '../api/types';

/** How the conversation begins. */
export function OpenedCard({ version }: { version: Version | undefined }) {
    const image = version?.image;
    return (
        <div className="opened">
            {image && <p>A picture of {image.width} × {image.height} pixels. Press <em>Restore</em>, or say what is wrong with it.</p>}
        </div>
    );
}
