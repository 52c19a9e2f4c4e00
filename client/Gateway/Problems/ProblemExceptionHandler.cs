using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using Darkroom.Contracts.Errors;
using Darkroom.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Darkroom.Gateway.Problems;

/// <summary>Turns exceptions into problem details, in this one place.</summary>
internal sealed partial class ProblemExceptionHandler(IProblemDetailsService problems, ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    private static readonly TimeSpan StorageRetry = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // Nobody is there any more to be told.
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = ToProblem(exception);
        if (problem.Status >= StatusCodes.Status500InternalServerError)
            LogFailed(exception, httpContext.Request.Method, problem.Status.Value);
        httpContext.Response.StatusCode = problem.Status!.Value;
        if (RetryAfter(exception) is { } wait)
            httpContext.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (!await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception }))
        {
            // Who accepts only pictures is told all the same: left unhandled, a missing picture would be a failure of ours.
            await httpContext.Response.WriteAsJsonAsync(problem, JsonSerializerOptions.Web, MediaTypeNames.Application.ProblemJson, cancellationToken);
        }

        return true;
    }

    /// <summary>Makes the problem of an exception.</summary>
    public static ProblemDetails ToProblem(Exception exception)
    {
        var (status, code, title) = Classify(exception);
        // What went wrong inside is for the log, not for the caller.
        var detail = status == StatusCodes.Status500InternalServerError ? null : (exception is BadHttpRequestException { InnerException: JsonException inner } ? inner : exception).Message;
        var problem = new ProblemDetails { Status = status, Title = title, Detail = detail, Type = ProblemTypes.Of(code) };
        if (exception is QuotaExceededException quota)
        {
            problem.Extensions["limit"] = JsonNamingPolicy.CamelCase.ConvertName(quota.Limit.ToString());
            problem.Extensions["actual"] = quota.Actual;
            problem.Extensions["allowed"] = quota.Allowed;
        }

        return problem;
    }

    private static (int Status, string Code, string Title) Classify(Exception exception) => exception switch
    {
        ProblemException known => (known.Status, known.Code, known.Title),
        SessionNotFoundException or RunNotFoundException or JobNotFoundException or BlobNotFoundException =>
            (StatusCodes.Status404NotFound, "not-found", "There is nothing of that name."),
        InvalidImageException => (StatusCodes.Status422UnprocessableEntity, "invalid-image", "The file is not a picture that can be restored."),
        KeyConflictException => (StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused", "The idempotency key was used for another request."),
        InvalidRequestException => (StatusCodes.Status400BadRequest, "invalid-request", "The request has a value that is not allowed."),
        SessionConflictException or RunConflictException or JobConflictException =>
            (StatusCodes.Status409Conflict, "conflict", "The name is in use for something else."),
        QuotaExceededException => (StatusCodes.Status429TooManyRequests, "quota-exceeded", "The quota is used up."),
        StorageFailedException or BlobStoreException => (StatusCodes.Status503ServiceUnavailable, "storage-failed", "The store failed; the same request may succeed later."),
        DeviceUnavailableException => (StatusCodes.Status503ServiceUnavailable, "no-device", "No device is free; the same request may succeed later."),
        JsonException => (StatusCodes.Status400BadRequest, "invalid-json", "The JSON cannot be read."),
        BadHttpRequestException bad => (bad.StatusCode, "bad-request", "The request cannot be read."),
        _ => (StatusCodes.Status500InternalServerError, "internal", "Something failed inside; the log says what."),
    };

    private static TimeSpan? RetryAfter(Exception exception) => exception switch
    {
        QuotaExceededException quota => quota.RetryAfter,
        StorageFailedException or BlobStoreException or DeviceUnavailableException => StorageRetry,
        _ => null,
    };

    [LoggerMessage(1600, LogLevel.Error, "A {Method} request ended with status {Status}")]
    private partial void LogFailed(Exception error, string method, int status);
}
