using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Darkroom.Contracts.Tenants;
using Darkroom.Gateway.Identity;
using Darkroom.Storage;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Idempotency;

/// <summary>Does once what is said twice under one <c>Idempotency-Key</c>, and answers it the same.</summary>
/// <remarks>
/// The key is claimed before anything is done; what is done carries the claim's id, so whoever says it again after a crash
/// in between does not do it twice either. The answer is kept beside the claim.
/// </remarks>
internal sealed class OnceOnly(IHttpContextAccessor http, Caller caller, IGrainFactory grains, IBlobStore blobs, IOptions<JsonOptions> json)
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Where the answers are.</summary>
    public const string Folder = "replies/";

    private const int MaxReplyBytes = 64 << 20;

    private KeyClaim? claim;
    private bool isRepeated;

    /// <summary>Gets a name for what is done: the claim's, or a new one where no key was given.</summary>
    public string Id { get; private set; } = Guid.NewGuid().ToString("N");

    /// <summary>Gets the claim's name, or null where no key was given: for what needs no name of its own.</summary>
    public string? ClaimedId => claim?.Id;

    private string? Key => http.HttpContext!.Request.Headers[Header].ToString() is { Length: > 0 } key ? key : null;

    /// <summary>Claims the key of the request for what it says.</summary>
    /// <param name="said">All that the request says, without its path.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answer that was given before, or null: it is to be done.</returns>
    /// <exception cref="Contracts.Errors.KeyConflictException">The key was used for another request.</exception>
    public async Task<IResult?> BeginAsync(object? said, CancellationToken cancellationToken)
    {
        if (Key is not { } key || claim is not null)
            return null;
        var request = http.HttpContext!.Request;
        var text = JsonSerializer.Serialize(new { request.Path.Value, said }, json.Value.SerializerOptions);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        claim = await grains.GetGrain<IKeyGrain>(IdempotencyKey.GrainKeyOf(caller.Tenant, key)).ClaimAsync(key, "http", fingerprint, cancellationToken);
        Id = claim.Id;
        if (claim.IsNew || await blobs.TryReadBytesAsync(NameOf(key), MaxReplyBytes, cancellationToken) is not { } kept)
            return null;
        var reply = JsonSerializer.Deserialize<KeptReply>(kept.Bytes)!;
        // One that an older claim left, which is forgotten.
        if (reply.Id != claim.Id)
            return null;
        isRepeated = true;
        if (reply.Location is not null)
            http.HttpContext.Response.Headers.Location = reply.Location;
        return reply.Body is { } body ? TypedResults.Text(body, "application/json", Encoding.UTF8, reply.Status) : TypedResults.StatusCode(reply.Status);
    }

    /// <summary>Keeps the answer, if there is a key.</summary>
    /// <param name="answer">A value, or a result that holds one.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    public async Task KeepAsync(object? answer, CancellationToken cancellationToken)
    {
        // What is said again is kept already.
        if (Key is not { } key || claim is null || isRepeated)
            return;
        var status = (answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        if (status >= StatusCodes.Status400BadRequest)
            return;
        var value = answer is IValueHttpResult held ? held.Value : answer is IResult ? null : answer;
        var location = answer?.GetType().GetProperty("Location")?.GetValue(answer) as string;
        var body = value is null ? null : JsonSerializer.Serialize(value, value.GetType(), json.Value.SerializerOptions);
        await blobs.WriteBytesAsync(NameOf(key), JsonSerializer.SerializeToUtf8Bytes(new KeptReply(claim.Id, status, location, body)), cancellationToken: cancellationToken);
    }

    private string NameOf(string key) => $"{Folder}{caller.Tenant}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";

    private sealed record KeptReply(string Id, int Status, string? Location, string? Body);
}
