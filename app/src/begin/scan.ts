// QR codes by the browser's own eyes: where it has none, nothing is offered.

/** What TypeScript does not know yet. */
interface Detector {
  detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const FORMAT = "qr_code";

/** A camera that the page may look through; or a picture that the user takes for it. */
export type ScanWay = "camera" | "photo" | undefined;

export async function scanWay(): Promise<ScanWay> {
  const formats = (await detectors()?.getSupportedFormats()) ?? [];
  if (!formats.includes(FORMAT)) return undefined;
  return (await hasCamera()) ? "camera" : "photo";
}

/** The text of the QR code in a picture; nothing if there is none. */
export async function codeIn(image: Blob | HTMLVideoElement): Promise<string | undefined> {
  const Detectors = detectors();
  if (Detectors === undefined) return undefined;
  const picture = await createImageBitmap(image);
  try {
    const [found] = await new Detectors({ formats: [FORMAT] }).detect(picture);
    return found?.rawValue;
  } finally {
    picture.close();
  }
}

function detectors(): DetectorClass | undefined {
  return (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
}

/** Whether there is a camera, and the server's policy lets the page have it. */
async function hasCamera(): Promise<boolean> {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  if (navigator.mediaDevices === undefined || featurePolicy?.allowsFeature("camera") === false) return false;
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.some(({ kind }) => kind === "videoinput");
}
