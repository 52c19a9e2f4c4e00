namespace Darkroom.Client.Http;

/// <summary>A file to send: once, or as often as it can be read.</summary>
internal sealed class FileSource
{
    private readonly Func<Stream> open;
    private readonly bool isOwned;
    private bool wasRead;

    /// <summary>A file that is opened for each attempt, and closed after it.</summary>
    public FileSource(Func<Stream> open) => (this.open, isOwned, IsRepeatable) = (open, true, true);

    /// <summary>The caller's stream from where it stands; one that cannot go back is sent once.</summary>
    public FileSource(Stream stream)
    {
        (open, IsRepeatable) = (() => stream, stream.CanSeek);
        if (!stream.CanSeek)
            return;
        var start = stream.Position;
        open = () =>
        {
            stream.Position = start;
            return stream;
        };
    }

    /// <summary>Gets whether it can be sent as often as need be.</summary>
    public bool IsRepeatable { get; }

    /// <summary>Gets whether it can be sent, now.</summary>
    public bool CanSend => IsRepeatable || !wasRead;

    /// <summary>Gets what reading it failed with, or null: no failure of the server's.</summary>
    public Exception? ReadError { get; private set; }

    /// <summary>Makes the body of a request, or a part of one.</summary>
    /// <param name="silence">Hears of each piece that was sent.</param>
    public HttpContent ToContent(Silence silence) => new FileContent(this, silence);

    private Stream Open()
    {
        try
        {
            return open();
        }
        catch (Exception error)
        {
            ReadError = error;
            throw;
        }
    }

    private async ValueTask<int> ReadAsync(Stream file, byte[] piece, CancellationToken cancellationToken)
    {
        try
        {
            return await file.ReadAsync(piece, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            ReadError = error;
            throw;
        }
    }

    private sealed class FileContent : HttpContent
    {
        private const int PieceBytes = 80 << 10;

        private readonly FileSource source;
        private readonly Silence silence;

        public FileContent(FileSource source, Silence silence)
        {
            (this.source, this.silence) = (source, silence);
            Headers.ContentType = new("application/octet-stream");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            SerializeToStreamAsync(stream, context, silence.Token);

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
        {
            source.wasRead = true;
            var file = source.Open();
            try
            {
                var piece = new byte[PieceBytes];
                while (await source.ReadAsync(file, piece, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                {
                    await stream.WriteAsync(piece.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    silence.Break();
                }
            }
            finally
            {
                if (source.isOwned)
                    await file.DisposeAsync().ConfigureAwait(false);
            }
        }

        // Of a file that is opened later nothing is known yet: it goes in chunks.
        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            if (source.isOwned || !source.IsRepeatable)
                return false;
            var stream = source.open();
            length = stream.Length - stream.Position;
            return true;
        }
    }
}
