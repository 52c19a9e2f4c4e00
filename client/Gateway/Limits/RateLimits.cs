using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Darkroom.Gateway.Identity;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Limits;

/// <summary>Limits how often a tenant asks, and how many streams it has open.</summary>
internal static class RateLimits
{
    /// <summary>The policy of event streams.</summary>
    public const string Streams = "streams";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(0.1);

    /// <summary>Adds the limits.</summary>
    public static void AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateOptions>().BindConfiguration(RateOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateOptions>>((limiter, rates) => Configure(limiter, rates.Value));
    }

    private static void Configure(RateLimiterOptions limiter, RateOptions rates)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(PartitionOf(context), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = rates.Burst,
            TokensPerPeriod = Math.Max(1, rates.RequestsPerSecond / 10),
            ReplenishmentPeriod = rates.RequestsPerSecond >= 10 ? Period : TimeSpan.FromSeconds(1.0 / rates.RequestsPerSecond),
            QueueLimit = 0,
        }));
        limiter.AddPolicy(Streams, context => RateLimitPartition.GetConcurrencyLimiter(PartitionOf(context), _ => new ConcurrencyLimiterOptions { PermitLimit = rates.Streams, QueueLimit = 0 }));
        limiter.OnRejected = (context, cancellationToken) =>
        {
            var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
            context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            // The body is written by the status pages, as for every other refusal.
            return ValueTask.CompletedTask;
        };
    }

    // Who has no tenant shares with whoever comes from the same address.
    private static string PartitionOf(HttpContext context) => context.User.FindFirstValue(Caller.TenantClaim) is { } tenant
        ? $"tenant {tenant}"
        : $"address {context.Connection.RemoteIpAddress}";
}
