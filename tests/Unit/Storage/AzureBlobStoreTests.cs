using Darkroom.Storage;
using Darkroom.Storage.AzureBlobs;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

/// <summary>The store on a real Azurite, with a container for each test.</summary>
[Collection(StorageTogether.Name)]
public sealed class AzureBlobStoreTests(Azurite azurite) : BlobStoreContract
{
    private const int SmallPage = 10;

    private readonly string container = $"test-{Guid.NewGuid():N}";

    [Fact]
    public async Task Use_NobodyListens_IsAFailureOfTheStoreWithItsCause()
    {
        var options = new BlobStoreOptions
        {
            Kind = BlobStoreKind.Azure,
            ConnectionString = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;",
            MaxRetries = 0,
        };
        var store = new AzureBlobStore(BlobStoreRegistration.CreateContainerClient(options));

        foreach (var use in new Func<Task>[]
        {
            () => store.FindAsync("a"),
            () => store.OpenReadAsync("a"),
            () => store.WriteBytesAsync("a", [1]),
            () => store.DeleteAsync("a"),
            async () => await store.ListAsync().GetAsyncEnumerator().MoveNextAsync(),
        })
        {
            var exception = await Assert.ThrowsAsync<BlobStoreException>(use);
            Assert.NotNull(exception.InnerException);
            Assert.Contains("127.0.0.1", exception.Message, StringComparison.Ordinal);
        }
    }

    protected override async Task<IBlobStore> CreateAsync()
    {
        await azurite.EnsureStartedAsync();
        Assert.SkipUnless(azurite.Absence is null, azurite.Absence ?? "");
        return OpenAgain();
    }

    protected override IBlobStore OpenAgain() => new AzureBlobStore(
        BlobStoreRegistration.CreateContainerClient(new BlobStoreOptions
        {
            Kind = BlobStoreKind.Azure,
            ConnectionString = azurite.ConnectionString,
            Container = container,
        }),
        SmallPage);
}
