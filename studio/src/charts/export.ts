/** A chart's canvas with its caption above it, as a PNG file. */

const BAR = 28;

export function pngOf(canvas: HTMLCanvasElement, title: string, note: string): Promise<Blob> {
  const style = getComputedStyle(canvas);
  const ratio = canvas.width / (canvas.clientWidth || canvas.width);
  const made = document.createElement("canvas");
  made.width = canvas.width;
  made.height = canvas.height + BAR * ratio;
  const context = made.getContext("2d")!;
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(canvas, 0, BAR * ratio);
  context.fillStyle = style.color;
  context.font = `600 ${13 * ratio}px ${style.fontFamily}`;
  context.fillText(title, 12 * ratio, 19 * ratio);
  const left = 24 * ratio + context.measureText(title).width;
  context.font = `${11 * ratio}px ${style.fontFamily}`;
  context.globalAlpha = 0.7;
  context.fillText(note, left, 19 * ratio);
  return new Promise((resolve, reject) => {
    made.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}
