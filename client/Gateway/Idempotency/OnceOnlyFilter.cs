using Darkroom.Gateway.Problems;

namespace Darkroom.Gateway.Idempotency;

/// <summary>Applies <see cref="OnceOnly"/> to every POST. Handlers that read uploads begin it themselves, once they know what was said.</summary>
internal static class OnceOnlyFilter
{
    private const string BodySuffix = "Body";

    /// <summary>Adds it to a group of routes.</summary>
    public static TBuilder DoOnce<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder =>
        routes.AddEndpointFilter(async (context, next) =>
        {
            var request = context.HttpContext.Request;
            if (!HttpMethods.IsPost(request.Method) || !request.Headers.ContainsKey(OnceOnly.Header) || context.HttpContext.User.Identity?.IsAuthenticated != true)
                return await next(context);
            if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<NeverKept>() is not null)
                throw ProblemException.Invalid($"{OnceOnly.Header} is not taken here: the answer holds a secret, which is kept nowhere.");
            var once = context.HttpContext.RequestServices.GetRequiredService<OnceOnly>();
            var stop = context.HttpContext.RequestAborted;
            if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<ReadsUploads>() is null)
            {
                var body = context.Arguments.FirstOrDefault(argument => argument?.GetType().Name.EndsWith(BodySuffix, StringComparison.Ordinal) == true);
                if (await once.BeginAsync(body, stop) is { } before)
                    return before;
            }

            var answer = await next(context);
            // It is done: whoever was cut off asks again, and is told this.
            await once.KeepAsync(answer, CancellationToken.None);
            return answer;
        });
}

/// <summary>Marks a handler that begins <see cref="OnceOnly"/> itself.</summary>
internal sealed class ReadsUploads
{
    /// <summary>Gets the mark.</summary>
    public static ReadsUploads Mark { get; } = new();
}

/// <summary>Marks a handler whose answer must not be kept.</summary>
internal sealed class NeverKept
{
    /// <summary>Gets the mark.</summary>
    public static NeverKept Mark { get; } = new();
}
