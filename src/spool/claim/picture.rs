//! Picture: how many pixels one has, before anybody unpacks it: a small file may be a picture that takes all memory.

use crate::submission::Fault;
use imagesize::ImageType;

/// Pixels of a picture at most; an A3 page scanned at 600 dots an inch has 70 million.
pub const IMAGE_PIXELS_MAX: u64 = 100_000_000;

/// What is wrong with the size of a picture; nothing when it is none.
#[expect(clippy::wildcard_enum_match_arm, reason = "the crate knows many formats that no office scans in")]
pub(in crate::spool) fn too_large(name: &str, bytes: &[u8]) -> Option<Fault> {
    let size = std::panic::catch_unwind(|| match imagesize::image_type(bytes).ok()? {
        ImageType::Jpeg | ImageType::Png | ImageType::Bmp | ImageType::Gif | ImageType::Tiff | ImageType::Webp => {
            imagesize::blob_size(bytes).ok()
        }
        _ => None,
    });
    let size = size.ok().flatten()?;
    let pixels = (size.width as u64).saturating_mul(size.height as u64);
    let most = IMAGE_PIXELS_MAX / 10_000;
    let say = format!(
        "图片太大（{}×{}像素，最多{most}万像素），没有收。请把扫描分辨率调到300，或者缩小后再交。",
        size.width, size.height
    );
    (pixels > IMAGE_PIXELS_MAX).then(|| Fault::at(name, say))
}

/// Whether the bytes may be a picture's: anything but text and what other readers know.
pub(in crate::spool) fn may_be(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 7] = [b"\xFF\xD8", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF"];
    starts.iter().any(|start| bytes.starts_with(start))
}
