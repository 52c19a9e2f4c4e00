using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace Darkroom.Silo.Operator.Kubernetes;

/// <summary>What the silo's pod knows of the API server: its address, who signs its certificate, and the token to show it.</summary>
/// <remarks>Kubernetes replaces the token about every hour, and the certificates now and then: the files are read again.</remarks>
internal sealed class ServiceAccount(OperatorOptions options, IConfiguration configuration, TimeProvider time)
{
    /// <summary>Where Kubernetes tells a pod the API server's address.</summary>
    public const string HostKey = "KUBERNETES_SERVICE_HOST";

    private const string PortKey = "KUBERNETES_SERVICE_PORT";
    private const int MaxTokenBytes = 64 << 10;

    // Far shorter than the time for which an old token is still taken.
    private static readonly TimeSpan TokenAge = TimeSpan.FromSeconds(30);

    private volatile ReadToken? current;

    /// <summary>Gets the address of the API server.</summary>
    /// <exception cref="KubernetesException">Nobody said where it is.</exception>
    public Uri Server { get; } = options.ApiServer ?? FindServer(configuration);

    /// <summary>Gets the token.</summary>
    /// <param name="refused">The token that the server just refused, or null: what was read a moment ago does then.</param>
    /// <exception cref="KubernetesException">The file cannot be read.</exception>
    public string Token(string? refused)
    {
        if (current is { } known && known.Text != refused && time.GetElapsedTime(known.At) < TokenAge)
            return known.Text;
        var read = new ReadToken(ReadTokenFile(), time.GetTimestamp());
        current = read;
        return read.Text;
    }

    /// <summary>Tells whether a certificate is the API server's.</summary>
    public bool IsTrusted(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        using var server = new X509Certificate2(certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;          // a cluster's own authority publishes no list
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(options.CertificateFile);
        foreach (var element in presented?.ChainElements.Skip(1) ?? [])
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(server);
    }

    private static Uri FindServer(IConfiguration configuration)
    {
        if (configuration[HostKey] is not { Length: > 0 } host)
        {
            throw new KubernetesException(
                $"There is no API server to speak to: {HostKey} is not set, so this is no pod, and {OperatorOptions.SectionName}:{nameof(OperatorOptions.ApiServer)} names none.");
        }

        // An IPv6 address has brackets in an address of the web.
        return new Uri($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{configuration[PortKey] ?? "443"}/");
    }

    private string ReadTokenFile()
    {
        try
        {
            if (new FileInfo(options.TokenFile).Length > MaxTokenBytes)
                throw new KubernetesException($"The token in '{options.TokenFile}' is longer than {MaxTokenBytes} bytes ({OperatorOptions.SectionName}:{nameof(OperatorOptions.TokenFile)}).");
            return File.ReadAllText(options.TokenFile).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesException($"The token in '{options.TokenFile}' cannot be read ({OperatorOptions.SectionName}:{nameof(OperatorOptions.TokenFile)}): {error.Message}", cause: error);
        }
    }

    private sealed record ReadToken(string Text, long At);
}
