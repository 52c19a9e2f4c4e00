/** What is seen while files are held over the page, and while one is on its way. */
export function DropVeil({ isOver, busyWith, text = 'Drop the picture to open it' }: { isOver: boolean; busyWith?: string; text?: string }) {
    if (!isOver && busyWith === undefined) return null;
    return (
        <div className="veil" role="status">
            {busyWith !== undefined ? <><progress aria-label="Uploading" /><p>Uploading {busyWith}</p></> : <p>{text}</p>}
        </div>
    );
}
