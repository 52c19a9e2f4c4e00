using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Tokenizers;

/// <summary>Reads tokenizer files whole, with limits: a file is never trusted.</summary>
internal static class TokenizerFile
{
    /// <summary>Largest file; the largest published vocabularies have about 35 MB.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>Most entries of a vocabulary.</summary>
    public const int MaxPieces = 1 << 20;

    /// <summary>Longest entry (UTF-16 units).</summary>
    public const int MaxPieceLength = 1024;

    /// <summary>Longest text that a tokenizer takes (UTF-16 units).</summary>
    public const int MaxTextLength = 100_000;

    /// <summary>Text that is not UTF-8 is an error, not a replacement character.</summary>
    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file, unpacked if its name ends in <c>.gz</c>.</summary>
    public static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            return ReadBounded(file);
        try
        {
            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            return ReadBounded(unpacked);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidCheckpointException($"It is not a sound gzip file: {error.Message}", error);
        }
    }

    /// <summary>Runs a reader and puts the file's name before what it complains about.</summary>
    public static T Named<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidCheckpointException error)
        {
            throw new InvalidCheckpointException($"{path}: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw new InvalidCheckpointException($"{path}: it is not sound JSON: {error.Message}", error);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidCheckpointException($"{path}: its text is not UTF-8.", error);
        }
    }

    public static void RequireText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxTextLength)
            throw new ArgumentException($"The text has {text.Length} characters; at most {MaxTextLength} are allowed.", nameof(text));
    }

    private static byte[] ReadBounded(Stream stream)
    {
        using var buffer = new MemoryStream();
        var block = new byte[1 << 16];
        for (int count; (count = stream.Read(block)) > 0;)
        {
            if (buffer.Length + count > MaxBytes)
                throw new InvalidCheckpointException($"It has more than {MaxBytes} bytes (unpacked), which is the most a tokenizer file may have.");
            buffer.Write(block, 0, count);
        }

        return buffer.ToArray();
    }
}
