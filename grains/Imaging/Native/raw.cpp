// The part of LibRaw that its C API does not offer: the sensor's values and how they are to be read.
// Called by grains/Imaging/Raw/LibRaw.cs. No exception leaves a function; 0 is success, else a message is written.
#include <libraw/libraw.h>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

enum Fault { Fine = 0, NotRaw = 1, Truncated = 2, Corrupt = 3, Unsupported = 4, TooLarge = 5 };

// As in LibRaw.cs. Planes: red, green of red's row, blue, green of blue's row.
struct Info {
    int32_t width, height;      // of the visible part, which begins with the cell's first colour
    int32_t pattern;            // which of the cell's pixels is red: 0 first, 1 last, 2 second, 3 third
    int32_t orientation;        // as in EXIF
    float black[4], white[4], balance[4];
    float matrix[9];            // white-balanced camera colours to linear sRGB
    float exposure;             // EV that the file asks for
    int32_t has_exposure, has_matrix, has_balance;
    char camera[160];
};

struct Raw {
    LibRaw library;
    bool damaged = false;
};

// The offset's type depends on LibRaw's version.
template <class Offset>
void on_damage(void *data, const char *, Offset) { static_cast<Raw *>(data)->damaged = true; }

#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
auto &settings_of(libraw_data_t &data) { return data.rawparams; }
#else
auto &settings_of(libraw_data_t &data) { return data.params; }
#endif

int say(char *message, int size, Fault fault, const char *text) {
    std::snprintf(message, size, "%s", text);
    return fault;
}

int explain(int error, char *message, int size) {
    switch (error) {
        case LIBRAW_FILE_UNSUPPORTED: return say(message, size, NotRaw, "no camera that LibRaw knows writes such files");
        case LIBRAW_IO_ERROR:
        case LIBRAW_INPUT_CLOSED: return say(message, size, Truncated, "it ends before the picture does");
        case LIBRAW_TOO_BIG: return say(message, size, TooLarge, "it needs more memory than is allowed");
        case LIBRAW_NOT_IMPLEMENTED: return say(message, size, Unsupported, "LibRaw does not read this way of compression");
        default: return say(message, size, Corrupt, libraw_strerror(error));
    }
}

int orientation_of(int flip) {
    switch (flip) {
        case 3: return 3;
        case 5: return 8;
        case 6: return 6;
        default: return 1;
    }
}

int without_second_green(int colour) { return colour == 3 ? 1 : colour; }

// The place (0..3 in its cell) of each plane's colour; false if the mosaic is not of Bayer's kind.
bool find_planes(LibRaw &raw, int place[4]) {
    int colour[4];
    for (int i = 0; i < 4; i++) colour[i] = raw.COLOR(i / 2, i % 2);
    int red = -1, blue = -1;
    for (int i = 0; i < 4; i++) {
        if (colour[i] == 0) red = red < 0 ? i : 4;
        if (colour[i] == 2) blue = blue < 0 ? i : 4;
    }
    if (red < 0 || red > 3 || blue != 3 - red) return false;
    for (int y = 2; y < 8; y++)     // every cell has to be as the first one
        for (int x = 0; x < 2; x++)
            if (without_second_green(raw.COLOR(y, x)) != without_second_green(colour[2 * (y % 2) + x])) return false;
    place[0] = red;
    place[1] = red ^ 1;         // the other column of red's row
    place[2] = blue;
    place[3] = blue ^ 1;
    return true;
}

void fill(LibRaw &raw, Info &info, const int place[4]) {
    const auto &sizes = raw.imgdata.sizes;
    const auto &colour = raw.imgdata.color;
    std::memset(&info, 0, sizeof info);
    info.width = sizes.width;
    info.height = sizes.height;
    info.pattern = place[0] == 0 ? 0 : place[0] == 3 ? 1 : place[0] == 1 ? 2 : 3;
    info.orientation = orientation_of(sizes.flip);

    const unsigned rows = colour.cblack[4], columns = colour.cblack[5];
    for (int plane = 0; plane < 4; plane++) {
        const int index = raw.COLOR(place[plane] / 2, place[plane] % 2);
        double black = colour.black + colour.cblack[index & 3];
        if (rows > 0 && columns > 0 && rows * columns <= LIBRAW_CBLACK_SIZE - 6) {
            // The mean of the pattern's numbers at this colour's places.
            double sum = 0;
            unsigned count = 0;
            for (unsigned y = 0; y < 2 * rows; y++)
                for (unsigned x = 0; x < 2 * columns; x++)
                    if (int(2 * (y % 2) + x % 2) == place[plane]) {
                        sum += colour.cblack[6 + (y % rows) * columns + x % columns];
                        count++;
                    }
            if (count > 0) black += sum / count;
        }
        info.black[plane] = float(black);
        const unsigned own = colour.dng_levels.dng_whitelevel[index & 3];
        info.white[plane] = raw.imgdata.idata.dng_version && own > 0 ? float(own) : float(colour.maximum);
    }

    info.has_balance = colour.cam_mul[0] > 0 && colour.cam_mul[1] > 0 && colour.cam_mul[2] > 0;
    const float *balance = info.has_balance ? colour.cam_mul : colour.pre_mul;
    for (int plane = 0; plane < 4; plane++) {
        const float factor = plane == 3 && !(balance[3] > 0) ? balance[1] : balance[plane];
        info.balance[plane] = balance[1] > 0 ? factor / balance[1] : 1;
    }

    // Of cameras without a matrix LibRaw leaves one that only copies.
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++) {
            info.matrix[3 * row + column] = colour.rgb_cam[row][column];
            if (colour.cam_xyz[row][column] != 0 || colour.cmatrix[row][column] != 0) info.has_matrix = 1;
        }

    info.exposure = colour.dng_levels.baseline_exposure;
    info.has_exposure = raw.imgdata.idata.dng_version && std::isfinite(info.exposure) && std::fabs(info.exposure) < 32;
    std::snprintf(info.camera, sizeof info.camera, "%s %s", raw.imgdata.idata.make, raw.imgdata.idata.model);
}

int open(Raw &raw, const void *bytes, size_t size, int64_t most_pixels, Info *info, char *message, int message_size) {
    auto &data = raw.library.imgdata;
    settings_of(data).max_raw_memory_mb = unsigned(most_pixels * 8 / (1 << 20)) + 64;
    settings_of(data).use_rawspeed = 0;
    raw.library.set_dataerror_handler(on_damage, &raw);
    if (int error = raw.library.open_buffer(const_cast<void *>(bytes), size)) return explain(error, message, message_size);
    if (data.idata.raw_count < 1) return say(message, message_size, NotRaw, "it has no RAW picture");

    const int64_t pixels = int64_t(data.sizes.raw_width) * data.sizes.raw_height;
    char text[160];
    if (pixels > most_pixels) {
        std::snprintf(text, sizeof text, "it has %d x %d pixels", data.sizes.raw_width, data.sizes.raw_height);
        return say(message, message_size, TooLarge, text);
    }

    int place[4];
    if (data.idata.filters <= 9 ||  // numbers that stand for other mosaics
         data.idata.colors != 3 || !find_planes(raw.library, place)) {
        std::snprintf(text, sizeof text, "its sensor is not of Bayer's kind (%d colours, filter %08x)", data.idata.colors, data.idata.filters);
        return say(message, message_size, Unsupported, text);
    }
    static const char *not_whole = "its values are not whole numbers, one a pixel";
    // LibRaw takes 16-bit floating point without compression for whole numbers.
    if (raw.library.is_floating_point()) return say(message, message_size, Unsupported, not_whole);
    if (int error = raw.library.unpack()) return explain(error, message, message_size);
    if (raw.damaged) return say(message, message_size, Truncated, "its picture data end early or are damaged");
    if (!data.rawdata.raw_image) return say(message, message_size, Unsupported, not_whole);
    if (data.sizes.top_margin + data.sizes.height > data.sizes.raw_height || data.sizes.left_margin + data.sizes.width > data.sizes.raw_width)
        return say(message, message_size, Corrupt, "the visible part reaches beyond the sensor");
    fill(raw.library, *info, place);
    return Fine;
}

}  // namespace

// Reads a file. On success *result is to be closed.
EXPORT int darkroom_raw_open(const void *bytes, size_t size, int64_t most_pixels, Info *info, Raw **result, char *message, int message_size) {
    *result = nullptr;
    Raw *raw = nullptr;
    try {
        raw = new Raw();
        int fault = open(*raw, bytes, size, most_pixels, info, message, message_size);
        if (fault == Fine) *result = raw;
        else delete raw;
        return fault;
    } catch (const std::exception &error) {
        delete raw;
        return say(message, message_size, Corrupt, error.what());
    } catch (...) {
        delete raw;
        return say(message, message_size, Corrupt, "LibRaw stumbled over it");
    }
}

// Copies the visible part, row after row.
EXPORT void darkroom_raw_copy(const Raw *raw, uint16_t *values) {
    const auto &sizes = raw->library.imgdata.sizes;
    const auto *first = reinterpret_cast<const char *>(raw->library.imgdata.rawdata.raw_image);
    const size_t pitch = sizes.raw_pitch ? sizes.raw_pitch : size_t(sizes.raw_width) * sizeof(uint16_t);
    for (int y = 0; y < sizes.height; y++)
        std::memcpy(values + size_t(y) * sizes.width,
                    first + size_t(y + sizes.top_margin) * pitch + size_t(sizes.left_margin) * sizeof(uint16_t),
                    size_t(sizes.width) * sizeof(uint16_t));
}

EXPORT void darkroom_raw_close(Raw *raw) { delete raw; }

EXPORT const char *darkroom_raw_version() { return LibRaw::version(); }
