using System.Net;
using Azure.Core;
using Darkroom.Storage;
using Darkroom.Storage.AzureBlobs;
using Darkroom.Tests.Unit.Grains;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

public sealed class WorkloadIdentityTests : IDisposable
{
    private static readonly TokenRequestContext Request = new(["https://storage.azure.com/.default"]);

    private readonly string file = Path.GetTempFileName();
    private readonly ManualTime time = new();

    public void Dispose() => File.Delete(file);

    [Fact]
    public async Task GetToken_ExchangesTheTokenOfTheFile()
    {
        await File.WriteAllTextAsync(file, "of-kubernetes\n");
        using var issuer = new Issuer(HttpStatusCode.OK, """{"token_type":"Bearer","expires_in":3599,"access_token":"of-entra"}""");

        var token = await Identity(issuer).GetTokenAsync(Request, default);

        Assert.Equal(("of-entra", time.GetUtcNow().AddSeconds(3599)), (token.Token, token.ExpiresOn));
        Assert.Equal(new Uri("https://login.example/my%20tenant/oauth2/v2.0/token"), issuer.Asked);
        Assert.Equal(
            ["client_assertion=of-kubernetes", "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer", "client_id=me", "grant_type=client_credentials", "scope=https%3A%2F%2Fstorage.azure.com%2F.default"],
            issuer.Form!.Split('&').Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, """{"error":"invalid_client","error_description":"AADSTS70021: No matching\r\nfederated identity"}""", "AADSTS70021: No matching")]
    [InlineData(HttpStatusCode.BadGateway, "<html>", "does not answer as an issuer")]
    [InlineData(HttpStatusCode.OK, """{"token_type":"Bearer"}""", "does not answer as an issuer")]
    public async Task GetToken_Refused_SaysWhy(HttpStatusCode status, string answer, string expected)
    {
        using var issuer = new Issuer(status, answer);

        var error = await Assert.ThrowsAsync<BlobStoreException>(() => Identity(issuer).GetTokenAsync(Request, default).AsTask());

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("login.example", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetToken_NoFile_NamesTheVariable()
    {
        using var issuer = new Issuer(HttpStatusCode.OK, "{}");
        var identity = new WorkloadIdentity(new HttpClient(issuer), "t", "me", file + ".missing", null, time);

        var error = await Assert.ThrowsAsync<BlobStoreException>(() => identity.GetTokenAsync(Request, default).AsTask());

        Assert.Contains("AZURE_FEDERATED_TOKEN_FILE", error.Message, StringComparison.Ordinal);
        Assert.Null(issuer.Asked);
    }

    [Theory]
    [InlineData("AZURE_TENANT_ID")]
    [InlineData("AZURE_CLIENT_ID")]
    [InlineData("AZURE_FEDERATED_TOKEN_FILE")]
    [InlineData(null)]
    public void Find_AllVariables_OrNone(string? missing)
    {
        var variables = new Dictionary<string, string> { ["AZURE_TENANT_ID"] = "t", ["AZURE_CLIENT_ID"] = "c", ["AZURE_FEDERATED_TOKEN_FILE"] = file };
        variables.Remove(missing ?? string.Empty);

        Assert.Equal(missing is null, WorkloadIdentity.Find(variables.GetValueOrDefault, time) is not null);
    }

    [Fact]
    public void Authority_WithoutHttps_IsRefused() =>
        Assert.Throws<BlobStoreException>(() => new WorkloadIdentity(new HttpClient(), "t", "c", file, new Uri("http://login.example/"), time));

    private WorkloadIdentity Identity(Issuer issuer) => new(new HttpClient(issuer), "my tenant", "me", file, new Uri("https://login.example/"), time);

    private sealed class Issuer(HttpStatusCode status, string answer) : HttpMessageHandler
    {
        public Uri? Asked { get; private set; }

        public string? Form { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Asked, Form) = (request.RequestUri, await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(status) { Content = new StringContent(answer) };
        }
    }
}
