/** Gathers what comes within a frame; a page that is hidden has none, and takes its time. */
export class Frames {
  private isDue = false;

  constructor(private readonly run: () => void) {}

  ask(): void {
    if (this.isDue) return;
    this.isDue = true;
    const go = () => {
      this.isDue = false;
      this.run();
    };
    if (document.hidden) setTimeout(go, 0);
    else requestAnimationFrame(go);
  }
}
