using Microsoft.Extensions.Logging;

namespace Darkroom.Storage.LocalFolder;

/// <content>Log messages, event ids 4000 to 4019.</content>
public sealed partial class FolderBlobStore
{
    [LoggerMessage(4000, LogLevel.Information, "Deleted {Path}, {SizeBytes} bytes of a write that did not finish")]
    private partial void LogSwept(string path, long sizeBytes);

    [LoggerMessage(4001, LogLevel.Debug, "Left {Path}, which looks like a write that did not finish")]
    private partial void LogNotSwept(Exception exception, string path);
}
