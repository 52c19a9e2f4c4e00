import type { Device, Silo } from '../api/types';
import { durationText, seconds } from '../session/time';

/** A silo with its devices. */
export function SiloCard({ silo }: { silo: Silo }) {
    const [address, generation] = silo.silo.split('@');
    return (
        <article className="card silo" aria-label={`Silo ${silo.silo}`}>
            <div className="job-line">
                <h2>{address}{generation && <span className="hint"> since start {generation}</span>}</h2>
                <span className={`state ${silo.isStopping ? 'state-paused' : 'state-completed'}`}>{silo.isStopping ? 'Stopping' : 'Serving'}</span>
            </div>
            {silo.devices.length === 0 && <p className="hint">It has no device.</p>}
            {silo.devices.map((device) => <DeviceRow key={device.device} device={device} />)}
        </article>
    );
}

function DeviceRow({ device }: { device: Device }) {
    return (
        <div className="device">
            <div className="job-line">
                <strong>{device.device}</strong>
                {device.isHung && <span className="state state-failed">Does not come back</span>}
            </div>
            <label className="queue">
                <span>Queue {device.queueDepth} of {device.queueCapacity}</span>
                <meter min={0} max={Math.max(1, device.queueCapacity)} high={device.queueCapacity * 0.8} value={device.queueDepth} />
            </label>
            <dl>
                <div><dt>In memory</dt><dd>{device.residentModels.length > 0 ? device.residentModels.join(', ') : 'no model'}</dd></div>
                <div><dt>Busy for</dt><dd>{durationText(seconds(device.expectedWork))}</dd></div>
                <div><dt>One more run</dt><dd>{durationText(seconds(device.runTime))}</dd></div>
                <div><dt>Loading a model</dt><dd>{durationText(seconds(device.loadTime))}</dd></div>
            </dl>
        </div>
    );
}
