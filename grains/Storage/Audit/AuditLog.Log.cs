using Microsoft.Extensions.Logging;

namespace Darkroom.Storage.Audit;

public sealed partial class AuditLog
{
    // The log goes where operators send it: away from the store that the entries are in.
    [LoggerMessage(1700, LogLevel.Information, "{Action} of {Subject} by {Name} of {Account} from {Origin}: {Result} {Detail}")]
    private partial void LogEntry(string action, string subject, string name, string account, string origin, AuditResult result, string? detail);

    [LoggerMessage(1701, LogLevel.Warning, "{Action} of {Subject} by {Name} of {Account} from {Origin} was denied")]
    private partial void LogDenied(string action, string subject, string name, string account, string origin);
}
