import OpenSeadragon from 'openseadragon';
import { pictureLevels, type ShownPicture } from '../api/pictures';

type Item = OpenSeadragon.TiledImage;

/**
 * Shows a picture, or two over each other with the left part of one and the right part of the other: both have one
 * viewport, so they zoom and move in step.
 */
export class PictureViewer {
    private readonly viewer: OpenSeadragon.Viewer;
    private items: Item[] = [];
    private before: Item | undefined;
    /** What was shown before and stays until the items have loaded. */
    private olds: Item[] = [];
    /** The items of which something can be seen. */
    private readonly loaded = new WeakSet<Item>();
    private divider = 0.5;
    private aspect = 0;
    private generation = 0;

    constructor(element: HTMLElement, private readonly onZoom: (pixelZoom: number) => void, private readonly onError: (message: string) => void) {
        preventStyleElement();
        this.viewer = OpenSeadragon({
            element,
            drawer: 'canvas',
            showNavigationControl: false,
            showNavigator: false,
            gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
            gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true, pinchRotate: false },
            maxZoomPixelRatio: 8,
            minZoomImageRatio: 0.9,
            visibilityRatio: 0.6,
            animationTime: 0.35,
            tabIndex: 0,
            // A server that is busy or starts again is asked again.
            tileRetryMax: 4,
            tileRetryDelay: 1000,
            // The pictures come from this server only and need no permission of another's.
            crossOriginPolicy: false,
        });
        this.viewer.canvas.setAttribute('role', 'application');
        this.viewer.addHandler('viewport-change', () => this.followViewport());
        this.viewer.addHandler('tile-loaded', (event) => this.loaded.add((event as { tiledImage: Item }).tiledImage));
        this.viewer.addHandler('update-viewport', () => this.settle());
        this.viewer.addHandler('canvas-key', (event) => {
            // Its keys that turn and mirror the picture would surprise.
            const key = (event as { originalEvent?: KeyboardEvent }).originalEvent?.key.toLowerCase();
            if (key === 'r' || key === 'f') (event as { preventDefaultAction?: boolean }).preventDefaultAction = true;
        });
    }

    /** Shows a picture; with another one before it, its left part shows that one. */
    show(after: ShownPicture, before: ShownPicture | undefined, label: string): void {
        const generation = ++this.generation;
        this.viewer.canvas.setAttribute('aria-label', label);
        const wanted = before === undefined ? [after] : [after, before];
        void Promise.all(wanted.map((image) => this.add(image))).then(
            (added) => {
                if (generation !== this.generation) {
                    for (const item of added) this.remove(item);
                    return;
                }
                this.olds.push(...this.items);
                this.items = added;
                this.before = added[1];
                if (this.before !== undefined) this.viewer.world.setItemIndex(this.before, this.viewer.world.getItemCount() - 1);
                this.followViewport();
                const aspect = after.width / after.height;
                if (Math.abs(aspect - this.aspect) > 0.02 * aspect) {
                    this.removeOlds();
                    this.viewer.viewport.goHome(true);
                }
                this.aspect = aspect;
            },
            (error: unknown) => {
                if (generation === this.generation) this.onError(error instanceof Error ? error.message : 'The picture cannot be shown.');
            },
        );
    }

    /** Moves the line between the two: 0 shows the second picture alone, 1 the first alone. */
    setDivider(fraction: number): void {
        this.divider = fraction;
        this.clip();
    }

    zoomBy(factor: number): void {
        this.viewer.viewport?.zoomBy(factor).applyConstraints();
    }

    fit(): void {
        this.viewer.viewport?.goHome();
    }

    /** One pixel of the picture on one of the screen. */
    actualSize(): void {
        const item = this.items[0];
        if (item !== undefined) this.viewer.viewport.zoomTo(item.imageToViewportZoom(1 / (globalThis.devicePixelRatio || 1)));
    }

    destroy(): void {
        this.generation++;
        this.viewer.destroy();
    }

    private add(image: ShownPicture): Promise<Item> {
        return new Promise((resolve, reject) => {
            this.viewer.addTiledImage({
                tileSource: { type: 'legacy-image-pyramid', levels: pictureLevels(image) },
                x: 0,
                y: 0,
                width: 1,
                // Also of a side that the line leaves nothing of.
                preload: true,
                success: (event: unknown) => resolve((event as { item: Item }).item),
                error: () => reject(new Error('The picture cannot be shown.')),
            } as unknown as OpenSeadragon.TileSourceSpecifier);
        });
    }

    // A picture whose files all failed counts as fully loaded, too: what was there before stays in its place.
    private settle(): void {
        if (this.items.every((item) => this.loaded.has(item) && item.getFullyLoaded())) this.removeOlds();
    }

    private removeOlds(): void {
        for (const item of this.olds.splice(0)) this.remove(item);
    }

    private remove(item: Item): void {
        if (this.viewer.world && this.viewer.world.getIndexOfItem(item) >= 0) this.viewer.world.removeItem(item);
    }

    private followViewport(): void {
        this.clip();
        const item = this.items[0];
        if (item !== undefined) this.onZoom(item.viewportToImageZoom(this.viewer.viewport.getZoom(true)) * (globalThis.devicePixelRatio || 1));
    }

    private clip(): void {
        const item = this.before;
        if (item === undefined) return;
        const size = item.getContentSize();
        const edge = item.viewerElementToImageCoordinates(new OpenSeadragon.Point(this.divider * this.viewer.element.clientWidth, 0)).x;
        const width = Math.min(Math.max(edge, 0), size.x);
        // An empty rectangle would be taken for none.
        item.setOpacity(width > 0 ? 1 : 0);
        item.setClip(new OpenSeadragon.Rect(0, 0, Math.max(width, 1), size.y));
    }
}

/**
 * OpenSeadragon adds a style element for touch screens unless there is one of its mark. The page's content security
 * policy refuses inline styles; base.css says the same. An element that is called so and is none satisfies both.
 */
function preventStyleElement(): void {
    const mark = 'data-openseadragon-mobile-css';
    if (document.querySelector(`style[${mark}]`) !== null) return;
    const placeholder = document.createElementNS('urn:darkroom:placeholder', 'style');
    placeholder.setAttribute(mark, 'true');
    document.head.append(placeholder);
}
