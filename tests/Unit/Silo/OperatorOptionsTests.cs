using System.ComponentModel.DataAnnotations;
using Darkroom.Silo.Operator;
using Xunit;

namespace Darkroom.Tests.Unit.Silo;

public sealed class OperatorOptionsTests
{
    [Fact]
    public void Defaults_AreOffAndValid()
    {
        var options = new OperatorOptions();
        Assert.False(options.Enabled);
        Assert.Empty(options.Tenants);
        Assert.Null(options.ApiServer);
        Assert.Null(options.ImportFolder);
        Assert.Equal("/var/run/secrets/kubernetes.io/serviceaccount/token", options.TokenFile);
        Assert.Equal("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt", options.CertificateFile);
        Assert.Equal((4, 100, 50), (options.Workers, options.PageSize, options.MaxPollsPerSecond));
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)), (options.LeaseDuration, options.PollPeriod, options.ResidencyPeriod));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)), (options.RetryDelay, options.MaxRetryDelay));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5)), (options.RequestTimeout, options.WatchTimeout));
        Assert.Empty(Faults(options));
    }

    [Theory]
    [InlineData("Team", "acme")]
    [InlineData("-a", "acme")]
    [InlineData("a-", "acme")]
    [InlineData("", "acme")]
    [InlineData("team-a", "")]
    [InlineData("team-a", "../globex")]
    public void Tenants_BadNames_AreRefused(string space, string tenant) =>
        Assert.Contains(Faults(new OperatorOptions { Tenants = { [space] = tenant } }), fault => fault.Contains("Operator:Tenants", StringComparison.Ordinal));

    [Theory]
    [InlineData("http://api.example:8080")]
    [InlineData("ftp://api.example")]
    [InlineData("/api")]
    public void ApiServer_ThatIsNotSafe_IsRefused(string address) =>
        Assert.Contains(Faults(new OperatorOptions { ApiServer = new Uri(address, UriKind.RelativeOrAbsolute) }), fault => fault.Contains("Operator:ApiServer", StringComparison.Ordinal));

    [Fact]
    public void Values_OutOfRange_AreRefusedByName()
    {
        (string Name, OperatorOptions Options)[] bad =
        [
            (nameof(OperatorOptions.Workers), new() { Workers = 0 }),
            (nameof(OperatorOptions.PageSize), new() { PageSize = 1001 }),
            (nameof(OperatorOptions.MaxPollsPerSecond), new() { MaxPollsPerSecond = 0 }),
            (nameof(OperatorOptions.LeaseDuration), new() { LeaseDuration = TimeSpan.Zero }),
            (nameof(OperatorOptions.PollPeriod), new() { PollPeriod = TimeSpan.Zero }),
            (nameof(OperatorOptions.ResidencyPeriod), new() { ResidencyPeriod = TimeSpan.FromHours(1) }),
            (nameof(OperatorOptions.RequestTimeout), new() { RequestTimeout = TimeSpan.Zero }),
            (nameof(OperatorOptions.WatchTimeout), new() { WatchTimeout = TimeSpan.FromHours(2) }),
            (nameof(OperatorOptions.RetryDelay), new() { RetryDelay = TimeSpan.FromMinutes(3) }),
            (nameof(OperatorOptions.MaxRetryDelay), new() { MaxRetryDelay = TimeSpan.FromHours(2) }),
            (nameof(OperatorOptions.ImportFolder), new() { ImportFolder = "models" }),
            (nameof(OperatorOptions.TokenFile), new() { TokenFile = "" }),
            (nameof(OperatorOptions.CertificateFile), new() { CertificateFile = "" }),
        ];
        Assert.All(bad, one => Assert.Contains(Faults(one.Options), fault => fault.Contains(one.Name, StringComparison.Ordinal)));
    }

    private static List<string> Faults(OperatorOptions options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return [.. faults.Select(fault => fault.ErrorMessage!)];
    }
}
