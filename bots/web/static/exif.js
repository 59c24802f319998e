// Where a photo was taken, read from its EXIF before the picture is made anew without it. Knows JPEG only; never throws.
const HEAD = 256 * 1024; // EXIF stands at the beginning, in 64 kB at most
const MOST = 200; // entries of a directory: more is rubbish

// "lat,lon" or "".
export async function placeOf(file) {
  try {
    const view = new DataView(await file.slice(0, HEAD).arrayBuffer());
    const [lat, lon] = coordinates(view, tiff(view));
    const good = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat || lon);
    return good ? `${lat.toFixed(6)},${lon.toFixed(6)}` : "";
  } catch {
    return ""; // rubbish, or nothing there
  }
}

// The offset of the TIFF header in the segment that is called «Exif».
function tiff(view) {
  if (view.getUint16(0) !== 0xffd8) throw 0;
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const kind = view.getUint8(at + 1);
    if (kind === 0xe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if (kind === 0xda) break; // the picture itself begins
  }
  throw 0;
}

function coordinates(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const long = (at) => view.getUint32(at, little);
  const entries = (at) => {
    const count = Math.min(view.getUint16(at, little), MOST);
    return new Map(Array.from({ length: count }, (_, i) => at + 2 + i * 12).map((e) => [view.getUint16(e, little), e + 8]));
  };
  const gps = entries(start + long(entries(start + long(start + 4)).get(0x8825)));
  const degrees = (side, value) => {
    const at = start + long(gps.get(value));
    const parts = [0, 8, 16].map((i) => long(at + i) / long(at + i + 4));
    const sum = parts[0] + parts[1] / 60 + (parts[2] || 0) / 3600;
    return "SW".includes(String.fromCharCode(view.getUint8(gps.get(side)))) ? -sum : sum;
  };
  return [degrees(1, 2), degrees(3, 4)];
}
