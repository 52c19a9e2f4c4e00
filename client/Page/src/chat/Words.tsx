/** What somebody said, as text whatever it holds. */
export function Words({ from, text, isWaiting, isRefusal }: { from: 'you' | 'darkroom'; text: string; isWaiting?: boolean; isRefusal?: boolean }) {
    return (
        <div className={`words words-${from}${isWaiting ? ' is-waiting' : ''}${isRefusal ? ' is-refusal' : ''}`}>
            <span className="visually-hidden">{from === 'you' ? 'You: ' : 'Darkroom: '}</span>{text}
        </div>
    );
}
