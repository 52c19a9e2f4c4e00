using System.Text.Json;
using Azure.Core;

namespace Darkroom.Storage.AzureBlobs;

/// <summary>Who a pod is to Azure: it exchanges the token that Kubernetes mounts for one of Microsoft Entra, so that no key of the storage account exists.</summary>
/// <remarks>
/// The webhook of Azure's workload identity sets the four variables and mounts the file. The client of the blobs asks for a token
/// when the last one is about to end, so nothing is kept here.
/// </remarks>
public sealed class WorkloadIdentity : TokenCredential
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static readonly Uri PublicAuthority = new("https://login.microsoftonline.com/");

    private readonly HttpClient http;
    private readonly string client;
    private readonly string file;
    private readonly Uri endpoint;
    private readonly TimeProvider time;

    /// <summary>Makes one.</summary>
    /// <param name="http">Sends the requests.</param>
    /// <param name="tenant">The directory, as <c>AZURE_TENANT_ID</c>.</param>
    /// <param name="client">The identity, as <c>AZURE_CLIENT_ID</c>.</param>
    /// <param name="file">The file of Kubernetes' token, as <c>AZURE_FEDERATED_TOKEN_FILE</c>; it is read anew each time, since it changes.</param>
    /// <param name="authority">Who gives tokens, as <c>AZURE_AUTHORITY_HOST</c>; null is Azure's public cloud.</param>
    /// <param name="time">When tokens end.</param>
    public WorkloadIdentity(HttpClient http, string tenant, string client, string file, Uri? authority, TimeProvider time)
    {
        (this.http, this.client, this.file, this.time) = (http, client, file, time);
        endpoint = new Uri(authority ?? PublicAuthority, $"{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token");
        if (endpoint.Scheme != Uri.UriSchemeHttps && !endpoint.IsLoopback)
            throw new BlobStoreException($"AZURE_AUTHORITY_HOST is '{authority}'; without https the token would be readable on the way.");
    }

    /// <summary>Makes one of the variables that the webhook sets.</summary>
    /// <param name="setting">Reads a variable.</param>
    /// <param name="time">When tokens end.</param>
    /// <returns>The identity, or null: the variables are not there.</returns>
    public static WorkloadIdentity? Find(Func<string, string?> setting, TimeProvider time) =>
        (setting("AZURE_TENANT_ID"), setting("AZURE_CLIENT_ID"), setting("AZURE_FEDERATED_TOKEN_FILE")) is ({ Length: > 0 } tenant, { Length: > 0 } client, { Length: > 0 } file)
            ? new WorkloadIdentity(new HttpClient(), tenant, client, file, setting("AZURE_AUTHORITY_HOST") is { Length: > 0 } authority ? new Uri(authority) : null, time)
            : null;

    /// <inheritdoc/>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        GetTokenAsync(requestContext, cancellationToken).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        try
        {
            var form = new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = client,
                ["scope"] = string.Join(' ', requestContext.Scopes),
                ["client_assertion_type"] = AssertionType,
                ["client_assertion"] = (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).Trim(),
            };
            using var content = new FormUrlEncodedContent(form);
            var asked = time.GetUtcNow();
            using var response = await http.PostAsync(endpoint, content, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            using var answer = JsonDocument.Parse(text);
            if (!response.IsSuccessStatusCode)
                throw new BlobStoreException($"{endpoint.Host} gives no token to {client}: {(int)response.StatusCode} {ErrorIn(answer.RootElement)}");
            return new AccessToken(
                answer.RootElement.GetProperty("access_token").GetString()!, asked + TimeSpan.FromSeconds(answer.RootElement.GetProperty("expires_in").GetInt32()));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException($"The token in '{file}' (AZURE_FEDERATED_TOKEN_FILE) cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new BlobStoreException($"{endpoint.Host} does not answer as an issuer of tokens does: {error.Message}", error);
        }
    }

    private static string? ErrorIn(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error_description", out var text) ? text.GetString()?.ReplaceLineEndings(" ") : "without a reason";
}
