using Darkroom.Storage;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

/// <content>Listings.</content>
public abstract partial class BlobStoreContract
{
    [Theory]
    [InlineData("", "a,a!,a-b,a/b,a/b/c,a/bc,ab,b/x")]
    [InlineData("a", "a,a!,a-b,a/b,a/b/c,a/bc,ab")]
    [InlineData("a/", "a/b,a/b/c,a/bc")]
    [InlineData("a/b", "a/b,a/b/c,a/bc")]
    [InlineData("a/b/", "a/b/c")]
    [InlineData("b/x", "b/x")]
    [InlineData("b/xy", "")]
    [InlineData("zz/none", "")]
    public async Task List_Prefix_GivesMatchingNamesInOrder(string prefix, string expected)
    {
        foreach (var name in new[] { "b/x", "a/bc", "a/b/c", "a/b", "a", "ab", "a-b", "a!" })
        {
            await Store.WriteBytesAsync(name, [1]);
        }

        Assert.Equal(expected, string.Join(',', (await ListAsync(prefix)).Select(blob => blob.Name)));
    }

    [Fact]
    public async Task List_Properties_AreThoseOfFind()
    {
        await Store.WriteBytesAsync("a/1", [1, 2, 3], contentType: "text/plain");

        var listed = Assert.Single(await ListAsync("a"));

        Assert.Equal(await Store.FindAsync("a/1"), listed);
    }

    [Fact]
    public async Task List_MoreThanAPage_GivesAll()
    {
        var names = Enumerable.Range(0, 25).Select(i => $"many/{i:d3}").ToArray();
        await Task.WhenAll(names.Select(name => Store.WriteBytesAsync(name, [1])));

        Assert.Equal(names, (await ListAsync("many/")).Select(blob => blob.Name));
    }

    [Fact]
    public async Task List_BlobsDeletedWhileListing_EndsWithoutError()
    {
        for (var i = 0; i < 25; i++)
        {
            await Store.WriteBytesAsync($"gone/{i:d3}/x", [1]);
        }

        var seen = 0;
        await foreach (var blob in Store.ListAsync("gone/"))
        {
            seen++;
            if (seen == 1)
            {
                for (var i = 1; i < 25; i++)
                {
                    await Store.DeleteAsync($"gone/{i:d3}/x");
                }
            }
        }

        Assert.InRange(seen, 1, 25);
        Assert.Equal("gone/000/x", Assert.Single(await ListAsync("")).Name);
    }

    [Theory]
    [InlineData("../")]
    [InlineData("/a")]
    [InlineData("a//")]
    [InlineData("a\\")]
    [InlineData("a\0")]
    public async Task List_HostilePrefix_IsRefused(string prefix) =>
        await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(prefix));

    [Fact]
    public async Task List_Cancelled_Stops()
    {
        await Store.WriteBytesAsync("a", [1]);
        await Store.WriteBytesAsync("b", [1]);
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await cancellation.CancelAsync();
            await foreach (var blob in Store.ListAsync("", cancellation.Token))
            {
                Assert.Fail($"{blob.Name} was listed");
            }
        });
    }
}
