using Darkroom.Storage;
using Darkroom.Storage.AzureBlobs;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

public sealed class BlobStoreOptionsTests
{
    private const string Connection = "UseDevelopmentStorage=true";

    [Fact]
    public void Defaults_AreDocumentedValues()
    {
        var options = Resolve();

        Assert.Equal(BlobStoreKind.Folder, options.Kind);
        Assert.Null(options.Folder);
        Assert.EndsWith("blobs", options.ResolvedFolder, StringComparison.Ordinal);
        Assert.True(options.FlushToDisk);
        Assert.Equal(TimeSpan.FromHours(1), options.StaleTempAge);
        Assert.Null(options.ConnectionString);
        Assert.Null(options.ServiceUri);
        Assert.Equal("darkroom", options.Container);
        Assert.Equal(5, options.MaxRetries);
        Assert.Equal(TimeSpan.FromSeconds(0.4), options.RetryDelay);
        Assert.Equal(TimeSpan.FromSeconds(100), options.NetworkTimeout);
    }

    [Theory]
    [InlineData("Kind", "7", "BlobStore:Kind")]
    [InlineData("StaleTempAge", "00:00:01", "StaleTempAge")]
    [InlineData("Container", "No", "BlobStore:Container")]
    [InlineData("Container", "two--hyphens", "BlobStore:Container")]
    [InlineData("MaxRetries", "-1", "MaxRetries")]
    [InlineData("RetryDelay", "00:02:00", "RetryDelay")]
    [InlineData("NetworkTimeout", "00:00:00", "NetworkTimeout")]
    public void BadValue_Resolve_NamesTheKey(string key, string value, string expected)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Resolve((key, value)));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Azure_WithoutAddress_IsRefused()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Resolve(("Kind", "Azure")));

        Assert.Contains("BlobStore:ConnectionString", exception.Message, StringComparison.Ordinal);
        Assert.Contains("BlobStore:ServiceUri", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Azure_WithBothAddresses_IsRefused() => Assert.Throws<OptionsValidationException>(
        () => Resolve(("Kind", "Azure"), ("ConnectionString", Connection), ("ServiceUri", "https://a.blob.core.windows.net")));

    [Theory]
    [InlineData("relative/address")]
    public void Azure_RelativeAddress_IsRefused(string address) =>
        Assert.Throws<OptionsValidationException>(() => Resolve(("Kind", "Azure"), ("ServiceUri", address)));

    [Fact]
    public void Azure_MalformedConnectionString_IsRefusedWithoutItsSecret()
    {
        var exception = Assert.Throws<OptionsValidationException>(
            () => Resolve(("Kind", "Azure"), ("ConnectionString", "AccountKey=hidden")));

        Assert.Contains("BlobStore:ConnectionString", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Registration_Kind_DecidesTheStore()
    {
        Assert.IsType<FolderBlobStore>(Provider().GetRequiredService<IBlobStore>());
        using var azure = Provider(("Kind", "Azure"), ("ConnectionString", Connection));
        Assert.IsType<AzureBlobStore>(azure.GetRequiredService<IBlobStore>());
        Assert.Same(azure.GetRequiredService<ContentStore>(), azure.GetRequiredService<ContentStore>());
    }

    private static BlobStoreOptions Resolve(params (string Key, string Value)[] settings)
    {
        using var provider = Provider(settings);
        return provider.GetRequiredService<IOptions<BlobStoreOptions>>().Value;
    }

    private static ServiceProvider Provider(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => $"BlobStore:{s.Key}", s => (string?)s.Value))
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddDarkroomBlobStore()
            .BuildServiceProvider();
    }
}
