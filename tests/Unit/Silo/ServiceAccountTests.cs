using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Darkroom.Silo.Operator;
using Darkroom.Silo.Operator.Kubernetes;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Darkroom.Tests.Unit.Silo;

/// <summary>Whom the operator trusts, over real connections, and whom it shows its token.</summary>
public sealed class ServiceAccountTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-account-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Server_WhoseCertificateTheClustersAuthoritySigned_IsTrusted()
    {
        using var authority = MakeAuthority();
        Assert.Null(await ConnectAsync(authority, authority, "localhost"));
    }

    [Fact]
    public async Task Server_OfAnotherAuthority_IsRefused()
    {
        using var authority = MakeAuthority();
        using var stranger = MakeAuthority();
        Assert.IsType<AuthenticationException>(await ConnectAsync(authority, stranger, "localhost"));
    }

    [Fact]
    public async Task Server_OfAnotherName_IsRefused()
    {
        using var authority = MakeAuthority();
        Assert.IsType<AuthenticationException>(await ConnectAsync(authority, authority, "example.org"));
    }

    [Fact]
    public void Token_OfTheFile_IsReadAgainWhenItIsRefused()
    {
        File.WriteAllText(TokenFile, " first \n");
        var account = Account();
        Assert.Equal("first", account.Token(null));
        File.WriteAllText(TokenFile, "second");
        Assert.Equal("first", account.Token(null));
        Assert.Equal("second", account.Token("first"));
    }

    [Fact]
    public void Token_MissingOrHuge_IsAnErrorThatNamesTheSetting()
    {
        Assert.Contains("Operator:TokenFile", Assert.Throws<KubernetesException>(() => Account().Token(null)).Message, StringComparison.Ordinal);
        File.WriteAllText(TokenFile, new string('x', 100_000));
        Assert.Contains("Operator:TokenFile", Assert.Throws<KubernetesException>(() => Account().Token(null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1", "6443", "https://10.0.0.1:6443/")]
    [InlineData("fd00::1", null, "https://[fd00::1]/")]
    public void Server_InAPod_IsWhereKubernetesSays(string host, string? port, string expected) =>
        Assert.Equal(new Uri(expected), new ServiceAccount(new OperatorOptions(), Configuration(("KUBERNETES_SERVICE_HOST", host), ("KUBERNETES_SERVICE_PORT", port)), TimeProvider.System).Server);

    [Fact]
    public void Validator_EnabledWithoutAnyServerTokenOrFolder_SaysWhatIsMissing()
    {
        var validator = new OperatorOptionsValidator(Configuration());
        Assert.True(validator.Validate(null, new OperatorOptions()).Skipped);
        Assert.Contains("KUBERNETES_SERVICE_HOST", validator.Validate(null, new OperatorOptions { Enabled = true }).FailureMessage, StringComparison.Ordinal);
        var server = new Uri("https://api.example");
        Assert.Contains("Operator:TokenFile", validator.Validate(null, new OperatorOptions { Enabled = true, ApiServer = server, TokenFile = TokenFile }).FailureMessage, StringComparison.Ordinal);
        File.WriteAllText(TokenFile, "token");
        Assert.Contains("Operator:ImportFolder", validator.Validate(null, new OperatorOptions { Enabled = true, ApiServer = server, TokenFile = TokenFile, ImportFolder = "/nowhere" }).FailureMessage, StringComparison.Ordinal);
        Assert.True(validator.Validate(null, new OperatorOptions { Enabled = true, ApiServer = server, TokenFile = TokenFile, ImportFolder = folder }).Succeeded);
    }

    private string TokenFile => Path.Combine(folder, "token");

    private static IConfiguration Configuration(params (string Key, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Build();

    private ServiceAccount Account() => new(
        new OperatorOptions { ApiServer = new Uri("https://localhost"), TokenFile = TokenFile, CertificateFile = Path.Combine(folder, "ca.crt") }, Configuration(), TimeProvider.System);

    // Connects to a server on this machine; the error is the client's, null when it trusts the server.
    private async Task<Exception?> ConnectAsync(X509Certificate2 known, X509Certificate2 signer, string name)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.crt"), known.ExportCertificatePem());
        using var certificate = MakeServer(signer, name);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, certificate);
        using var connection = new TcpClient();
        await connection.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var account = Account();
        await using var stream = new SslStream(connection.GetStream());
        var error = await Record.ExceptionAsync(() => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, presented, chain, errors) => account.IsTrusted(presented, chain, errors),
        }));
        connection.Close();
        await serving;
        return error;
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(connection.GetStream());
        // A client that does not trust the server ends the connection.
        await Record.ExceptionAsync(() => stream.AuthenticateAsServerAsync(certificate));
    }

    private static X509Certificate2 MakeAuthority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
    }

    private static X509Certificate2 MakeServer(X509Certificate2 authority, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-2), [1, 2, 3]);
        using var whole = signed.CopyWithPrivateKey(key);
        // On some systems a key that lives in memory alone cannot serve.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
